#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The disk is pulled out in the middle of the dump: the second one gets it."""

from lib.fault import Disk, one
from lib.scenario import main


def story():
    one("complete", r"vmcore: level 0: ", disks=(Disk(), Disk()), level=0,
        on=((r"target: .*disk0|target: .*mounted", lambda run: run.throttle(0, 1 << 20)),
            (r"dmesg\.txt: saved", lambda run: run.pull(0))))


main(story)
