#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk whose cache cannot be flushed has not saved anything: the second one gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

RULES = """
[inject-error]
event = "none"
iotype = "flush"
errno = "5"
"""


main(lambda: one("complete", r"[Ii]nput/output|[Ii]/[Oo] error|clean|[Rr]ead-only",
                 disks=(Disk(errors=RULES), Disk())))
