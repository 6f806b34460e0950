#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The capture kernel has 88 MiB: whatever still works in them, the machine reboots."""

from lib.fault import fault
from lib.scenario import main


def story():
    with fault(append="memmap=8M$72M") as run:
        run.resets(r"vmcore: saved|[Oo]ut of memory|[Cc]annot allocate|panic|crashed")


main(story)
