#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""xfs with random bytes behind magic number and UUID: the second disk gets the dump."""

from lib.fault import Disk, noise, one
from lib.scenario import main

LONG = True


def damage(path):
    noise(path, 48, 464)


def story():
    one("complete", r"target: .*: (mount: |the file system|no such device)",
        disks=(Disk("xfs", size="1G", damage=damage), Disk()))


main(story)
