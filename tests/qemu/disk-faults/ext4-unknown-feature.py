#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ext4 with a feature no kernel knows: not mounted, the second disk gets the dump."""

from lib import tools
from lib.fault import Disk, one
from lib.scenario import main

LONG = True


def damage(path):
    tools.run("debugfs", "-w", "-R", "set_super_value feature_incompat 0x40004242", path)


def story():
    one("complete", r"target: .*: (mount: |the file system)",
        disks=(Disk("ext4", damage=damage), Disk()))


main(story)
