#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The path is a link that would lead out of the target: it stays inside, the dump is whole."""

from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def out(folder):
    (folder / "crash").symlink_to("../../../run/elsewhere")
    (folder / "run/elsewhere").mkdir(parents=True)


main(lambda: one("complete", r"vmcore: saved", disks=(Disk(tree=out),)))
