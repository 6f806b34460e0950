#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The path is a link to nothing: one line says so, the second disk gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"[Nn]o such file", disks=(
    Disk(tree=lambda folder: (folder / "crash").symlink_to("/gone")), Disk())))
