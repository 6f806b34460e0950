#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk that never answers: opening it has a limit, the second disk gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True

WAITS = True


def story():
    one("complete", r"target: .*(does not answer|not done after)", disks=(Disk(), Disk()),
        extra_conf="target_timeout 5\nstep_timeout 10\n",
        on=((r"main: kdump-init", lambda run: run.throttle(0, 1)),))


main(story)
