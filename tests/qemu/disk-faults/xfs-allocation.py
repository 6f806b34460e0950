#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""xfs with random bytes over its allocation headers: the second disk gets the dump."""

from lib.fault import Disk, noise, one
from lib.scenario import main

LONG = True


def damage(path):
    for group in range(4):
        noise(path, group * (256 << 20) + 512, 1536)


def story():
    one("complete", r"(dmesg\.txt|vmcore|target): .*(clean|[Ii]nput/output|mount|[Bb]ad message)",
        disks=(Disk("xfs", size="1G", damage=damage), Disk()))


main(story)
