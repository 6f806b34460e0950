#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The path is a loop of links: one line says so, the second disk gets the dump."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def loop(folder):
    (folder / "crash").symlink_to("other")
    (folder / "other").symlink_to("crash")


main(lambda: one("complete", r"[Ss]ymbolic link", disks=(Disk(tree=loop), Disk())))
