#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""/init is no program: the kernel's panic ends in a reboot."""

from lib.fault import fault
from lib.scenario import main


def story():
    with fault(overlay={"init": (b"junk", 0o755)}) as run:
        run.resets(r"No working init found|Kernel panic")


main(story)
