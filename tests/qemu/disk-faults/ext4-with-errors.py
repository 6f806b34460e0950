#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ext4 that is marked as faulty is mounted all the same, and the dump is whole."""

from lib import tools
from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def damage(path):
    tools.run("debugfs", "-w", "-R", "set_super_value state 2", path)


main(lambda: one("complete", r"vmcore: saved", disks=(Disk(damage=damage),)))
