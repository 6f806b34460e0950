#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No disk takes a byte: the log's end is on the console, the machine reboots."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True

RULES = """
[inject-error]
event = "none"
iotype = "write"
errno = "5"
"""


main(lambda: one(None, r"target: .*: |dmesg\.txt: ", dmesg=False,
                 disks=(Disk(errors=RULES), Disk(errors=RULES))))
