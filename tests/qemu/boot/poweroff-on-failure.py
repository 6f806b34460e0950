#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""failure_action poweroff: nothing is saved, the machine powers off."""

from lib.fault import Disk, fault
from lib.scenario import main

LONG = True


def story():
    with fault(disks=(Disk(attach=False),),
               extra_conf="target_timeout 2\nfailure_action poweroff\n") as run:
        run.survives(None, r"no such device", dmesg=False, ended="guest-shutdown")


main(story)
