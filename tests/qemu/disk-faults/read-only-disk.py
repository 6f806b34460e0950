#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A read-only disk: one line says so, the second disk gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"target: .*([Rr]ead-only|mount)",
                    disks=(Disk(readonly=True), Disk())))
