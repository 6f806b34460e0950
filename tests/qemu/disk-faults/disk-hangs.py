#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Two disks that take no more bytes in the middle of the dump: stalled, the third one gets it."""

from lib.fault import Disk, one
from lib.scenario import main

WAITS = True
LONG = True


def hangs(n):
    """Disk n becomes slow, so that the dump takes seconds, and hangs within it."""
    def slow(run):
        run.throttle(n, 6 << 20)
        run.later(2, lambda run: run.throttle(n, 1))
    return slow


def story():
    # what hangs stays in the page cache: the kernel's limit for that holds for all disks
    one("complete", r"stalled|not done after", disks=(Disk(), Disk(), Disk()), level=0,
        extra_conf="stall_timeout 10\nstep_timeout 10\n",
        on=((r"/dev/vda, ext4\): mounted", hangs(0)), (r"/dev/vdb, ext4\): mounted", hangs(1))))


main(story)
