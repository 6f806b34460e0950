#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The only disk fails in the middle of the dump: the log is on it, the machine reboots."""

from lib.fault import Disk, one
from lib.scenario import main


def story():
    one(None, r"([Ii]nput/output|[Ii]/[Oo]) error|[Rr]ead-only",
        disks=(Disk(),), dmesg=True,
        on=((r"dmesg\.txt: saved", lambda run: run.fail_now(
            0, {"event": "none", "iotype": "write"})),))


main(story)
