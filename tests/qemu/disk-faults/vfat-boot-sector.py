#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""vfat with random bytes in its boot sector: no such device, the second disk gets the dump."""

from lib.fault import Disk, noise, one
from lib.scenario import main

LONG = True


def damage(path):
    noise(path, 3, 64)


def story():
    one("complete", r"target: UUID=\S+: no such device",
        disks=(Disk("vfat", size="1G", damage=damage), Disk()))


main(story)
