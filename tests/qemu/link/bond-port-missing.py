#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Of a bond's two ports one is not there: the other one does."""

from lib.nfs import capture
from lib.scenario import main

LONG = True

NET = ("link bond0 bond 52:54:00:12:34:99 52:54:00:12:34:50 mode=active-backup miimon=100\n"
       "net bond0 10.9.0.2/24")

main(lambda: capture(r"net: bond0: up, 10\.9\.0\.2/24", net=NET, conf="target_timeout 20\n"))
