#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk that takes no more bytes in the middle of the dump: stalled, the second one gets it."""

from lib.fault import Disk, one
from lib.scenario import main

WAITS = True


def story():
    one("complete", r"stalled|not done after", disks=(Disk(), Disk()), level=0,
        extra_conf="stall_timeout 10\nstep_timeout 20\n",
        on=((r"dmesg\.txt: saved", lambda run: run.throttle(0, 1)),))


main(story)
