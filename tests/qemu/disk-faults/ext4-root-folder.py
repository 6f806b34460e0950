#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ext4 whose root folder is random bytes: the second disk gets the dump."""

from lib.fault import Disk, first_block, noise, one
from lib.scenario import main

LONG = True


def damage(path):
    noise(path, first_block(path, 2), 4096)


def story():
    one("complete", r"(dmesg\.txt|target): .*(clean|[Bb]ad message|[Ii]nput/output|mount)",
        disks=(Disk("ext4", damage=damage), Disk()))


main(story)
