#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes begin to fail in the middle of the dump: the second disk gets it."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def story():
    one("complete", r"([Ii]nput/output|[Ii]/[Oo]) error|[Rr]ead-only",
        disks=(Disk(), Disk()),
        on=((r"dmesg\.txt: saved", lambda run: run.fail_now(
            0, {"event": "none", "iotype": "write"})),))


main(story)
