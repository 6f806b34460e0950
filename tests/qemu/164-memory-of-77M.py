#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The capture kernel has 77 MiB: whatever still works in them, the machine reboots."""

from lib.fault import fault
from lib.scenario import main


def story():
    with fault(append="memmap=19M$61M") as run:
        run.resets(r"vmcore: saved|[Oo]ut of memory|[Cc]annot allocate|panic|crashed")


main(story)
