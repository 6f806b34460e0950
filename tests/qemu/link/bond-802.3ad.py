#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A bond of two ports by LACP, with another one at the other end."""

from lib.nfs import capture
from lib.scenario import main

LONG = True

LINK = ("ip link add bond9 type bond mode 802.3ad miimon 100 lacp_rate fast\n"
        "for n in 01 02; do d=$(nic 00:01:$n); ip link set $d down; ip link set $d master bond9; done\ndev=bond9\n")
NET = ("link bond0 bond 52:54:00:12:34:50 52:54:00:12:34:51 mode=802.3ad miimon=100 lacp_rate=fast "
       "xmit_hash_policy=layer3+4\nnet bond0 10.9.0.2/24")

main(lambda: capture(r"net: bond0: up, 10\.9\.0\.2/24", net=NET, link=LINK, cables=2, peer_modules=("bonding",)))
