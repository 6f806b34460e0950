#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The first disk is full in the middle: the second one gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"[Nn]o (space|more room)", disks=(
     Disk(size="6M", options=("-m", "0", "-O", "^has_journal")), Disk())))
