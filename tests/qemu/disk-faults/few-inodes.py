#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Inodes for the log alone: it is saved, the vmcore is not, the machine reboots."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def fill(folder):
    """Of inodes 13 to 16 three stay: two folders, the log."""
    (folder / "one").touch()


main(lambda: one(None, r"[Nn]o space", dmesg=True, disks=(
    Disk(size="64M", options=("-N", "16", "-b", "4096"), tree=fill),)))
