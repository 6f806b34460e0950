#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Two disks, both corrupt: the log's end is on the console, the machine reboots."""

from lib.fault import Disk, noise, one
from lib.scenario import main

LONG = True


def damage(path):
    noise(path, 4096, 4 << 20)


main(lambda: one(None, r"target: .*: (mount: |the file system)", dmesg=False,
                 disks=(Disk(damage=damage), Disk(damage=damage))))
