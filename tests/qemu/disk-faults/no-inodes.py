#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk without a free inode: the log's end is on the console, the machine reboots."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def fill(folder):
    """Inodes 13 to 16; 12 is the orphan file."""
    for n in range(4):
        (folder / str(n)).touch()


main(lambda: one(None, r"[Nn]o space", dmesg=False, disks=(
    Disk(size="64M", options=("-N", "16", "-b", "4096"), tree=fill),)))
