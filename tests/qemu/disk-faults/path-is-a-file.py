#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The path is a file: one line says so, the second disk gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

main(lambda: one("complete", r"[Nn]ot a directory", disks=(
    Disk(tree=lambda folder: (folder / "crash").write_text("x")), Disk())))
