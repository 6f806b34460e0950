#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The image eats 8 MiB of crashkernel=84M: whatever still works, the machine reboots."""

import os

from lib.fault import fault
from lib.scenario import main


def story():
    with fault(usable_m=84, timeout=600, quiet=400,
               overlay={"ballast": (os.urandom(8 << 20), 0o600)}) as run:
        run.resets(r"vmcore: saved|[Oo]ut of memory|ENOMEM|Cannot allocate|panic|crashed")


main(story)
