#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every write fails from the start: the second disk gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True

RULES = """
[inject-error]
event = "none"
iotype = "write"
errno = "5"
"""


main(lambda: one("complete", r"target: .*: |dmesg\.txt: ",
                 disks=(Disk(errors=RULES), Disk())))
