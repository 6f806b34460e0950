#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A logical volume that spans two disks: its table is re-created without LVM."""

from lib import stacked
from lib.scenario import capture_and_check, main

LONG = True

MAKE = """
run lvm pvcreate "$(disk a)" "$(disk b)"
run lvm vgcreate vg0 "$(disk a)" "$(disk b)"
run lvm lvcreate -y -Wn -Zn -n dump -L 400M vg0
"""
AGAIN = "run lvm vgchange -ay vg0"

main(lambda: capture_and_check(
    kernel="trixie", readers=("makedumpfile", "libkdumpfile"),
    **stacked.options(MAKE, AGAIN, "/dev/mapper/vg0-dump", stacked.DM,
                      ("lvm",))))
