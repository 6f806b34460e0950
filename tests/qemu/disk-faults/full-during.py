#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk that takes the log but no vmcore: nothing unfinished has a final name."""

from lib.fault import Disk, one
from lib.scenario import main

main(lambda: one(("dmesg-only", "partial", "fallback"), r"[Nn]o (space|more room)",
                    disks=(Disk(size="6M", options=("-m", "0", "-O", "^has_journal")),)))
