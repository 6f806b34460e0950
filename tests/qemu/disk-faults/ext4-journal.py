#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ext4 with a journal of random bytes: not mounted, the second disk gets the dump."""

from lib.fault import Disk, first_block, noise, one
from lib.scenario import main

LONG = True


def damage(path):
    noise(path, first_block(path, 8), 4096)


def story():
    one("complete", r"target: .*: (mount: |the file system)",
        disks=(Disk("ext4", damage=damage), Disk()))


main(story)
