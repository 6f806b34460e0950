#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Nothing but a read-only disk: the log's end is on the console, the machine reboots."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True

main(lambda: one(None, r"([Rr]ead-only|mount: )", dmesg=False,
                    disks=(Disk(readonly=True),)))
