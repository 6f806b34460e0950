#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Reads fail at two hundred random sectors: the dump is whole, on one disk or the other."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def rule(n):
    """A sector of the first 512 MiB; the first superblocks stay."""
    sector = 1000 + n * 2654435761 % 1000000
    return f'[inject-error]\nevent = "none"\niotype = "read"\nsector = "{sector}"\n'


main(lambda: one("complete", r"vmcore: saved", disks=(
    Disk(errors="".join(rule(n) for n in range(200))), Disk())))
