#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk with nothing on it, by name: the second disk gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"target: /dev/vda.*no file system",
                    disks=(Disk("", where="/dev/vda"), Disk())))
