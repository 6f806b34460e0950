#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A flush fails once behind the log: the second disk gets the vmcore."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def story():
    one("complete", r"([Ii]nput/output|[Ii]/[Oo]) error|[Rr]ead-only",
        disks=(Disk(), Disk()),
        on=((r"dmesg\.txt: saved", lambda run: run.fail_now(
            0, {"event": "none", "iotype": "flush", "once": True})),))


main(story)
