#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A VLAN, made in the crash kernel."""

from lib.nfs import capture
from lib.scenario import main

LONG = True

LINK = "ip link set $dev up\nip link add link $dev name v7 type vlan id 7\ndev=v7\n"
NET = "link eth0.7 vlan 52:54:00:12:34:50 7\nnet eth0.7 10.9.0.2/24"

main(lambda: capture(r"net: eth0\.7: up, 10\.9\.0\.2/24", net=NET, link=LINK, peer_modules=("8021q",)))
