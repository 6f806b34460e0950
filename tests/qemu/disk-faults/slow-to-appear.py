#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk that is plugged in seconds after the capture began is waited for."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def story():
    one("complete", r"vmcore: saved", disks=(Disk(attach=False),),
        extra_conf="target_timeout 200\n",
        on=((r"main: kdump-init", lambda run: run.later(4, lambda r: r.plug(0))),))


main(story)
