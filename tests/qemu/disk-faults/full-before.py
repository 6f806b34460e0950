#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk without a free block: the log's end is on the console, the machine reboots."""

from lib import tools
from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def fill(path):
    """A file over all that is free; debugfs stops where nothing is."""
    big = path.with_suffix(".fill")
    big.write_bytes(b"x" * (16 << 20))
    tools.run("debugfs", "-w", "-R", f"write {big} fill", path)


main(lambda: one(None, r"[Nn]o space", dmesg=False, disks=(
    Disk(size="16M", options=("-m", "0"), damage=fill),)))
