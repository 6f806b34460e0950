#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""btrfs whose trees are random bytes: not mounted, the second disk gets the dump."""

from lib.fault import Disk, noise, one
from lib.scenario import main

LONG = True


def damage(path):
    noise(path, 1 << 20, 3 << 20)           # behind the first superblock
    noise(path, 5 << 20, 50 << 20)


def story():
    one("complete", r"target: .*: (mount: |the file system)",
        disks=(Disk("btrfs", size="1G", damage=damage), Disk()))


main(story)
