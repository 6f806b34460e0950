#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ext4 with random bytes over its superblock: no such device, the second disk gets the dump."""

from lib.fault import Disk, noise, one
from lib.scenario import main


def damage(path):
    noise(path, 1024, 1024)


def story():
    one("complete", r"target: UUID=\S+: no such device",
        disks=(Disk("ext4", damage=damage), Disk()))


main(story)
