#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The interface has another name in the crash kernel: it is found by its MAC address."""

from lib.nfs import capture
from lib.scenario import main

LONG = True

LINK = "dev=$(nic 00:01:02)\n"
NET = "net 52:54:00:12:34:51 10.9.0.2/24"

main(lambda: capture(r"net: eth1: up, 10\.9\.0\.2/24", net=NET, link=LINK, cables=2))
