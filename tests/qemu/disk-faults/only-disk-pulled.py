#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The only disk is pulled out in the middle: the log is on it, the machine reboots."""

from lib.fault import one
from lib.scenario import main


def story():
    one(None, r"vmcore: level 0: ", dmesg=True, level=0,
        on=((r"target: .*mounted", lambda run: run.throttle(0, 1 << 20)),
            (r"dmesg\.txt: saved", lambda run: run.pull(0))))


main(story)
