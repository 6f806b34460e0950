#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The first target's disk is absent: one line says so, the second disk gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

main(lambda: one("complete", r"no such device within 3 s",
                    extra_conf="target_timeout 3\n",
                    disks=(Disk(attach=False), Disk())))
