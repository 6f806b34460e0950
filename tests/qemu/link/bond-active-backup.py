#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A bond of two ports, one of them active; the other side is a switch."""

from lib.nfs import capture
from lib.scenario import main

LONG = True

LINK = ("ip link add br0 type bridge\nfor n in 01 02; do d=$(nic 00:01:$n); ip link set $d master br0 up; done\n"
        "dev=br0\n")
NET = ("link bond0 bond 52:54:00:12:34:50 52:54:00:12:34:51 mode=active-backup miimon=100 primary=52:54:00:12:34:51\n"
       "net bond0 10.9.0.2/24")

main(lambda: capture(r"net: bond0: up, 10\.9\.0\.2/24", net=NET, link=LINK, cables=2, peer_modules=("bridge",)))
