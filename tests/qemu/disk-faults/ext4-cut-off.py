#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ext4 cut to a half: not mounted, the second disk gets the dump."""

import os

from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def damage(path):
    os.truncate(path, 256 << 20)


def story():
    one("complete", r"target: .*: (mount: |the file system)",
        disks=(Disk("ext4", damage=damage), Disk()))


main(story)
