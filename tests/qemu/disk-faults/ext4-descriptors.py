#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ext4 with random bytes over its group descriptors: the second disk gets the dump."""

from lib.fault import Disk, noise, one
from lib.scenario import main

LONG = True


def damage(path):
    noise(path, 4096, 4 << 20)


def story():
    one("complete", r"target: .*: (mount|\S+: )",
        disks=(Disk("ext4", damage=damage), Disk()))


main(story)
