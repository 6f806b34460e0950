#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A slow disk is none that hangs: the dump is whole."""

from lib.fault import one
from lib.scenario import main

LONG = True


def story():
    one("complete", r"vmcore: saved", extra_conf="stall_timeout 30\n",
        on=((r"target: .*mounted", lambda run: run.throttle(0, 2 << 20)),))


main(story)
