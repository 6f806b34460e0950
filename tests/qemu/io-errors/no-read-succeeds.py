#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every read fails from the start: the second disk gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True

RULES = """
[inject-error]
event = "none"
iotype = "read"
errno = "5"
"""


main(lambda: one("complete", r"target: .*: ", disks=(Disk(errors=RULES), Disk())))
