#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Neither server nor disk: the log's end is on the console, the machine reboots."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True

main(lambda: one(None, r"10\.0\.2\.2, port 1: Connection refused", dmesg=False, net="user", url="https://10.0.2.2:1",
                 extra_conf="target_timeout 4\n", disks=(Disk(attach=False),)))
