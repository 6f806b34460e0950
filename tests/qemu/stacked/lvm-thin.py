#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A thin volume: its pool, of two more volumes, is re-created first."""

from lib import stacked
from lib.scenario import capture_and_check, main

LONG = True

MAKE = """
run lvm pvcreate "$(disk a)" "$(disk b)"
run lvm vgcreate vg0 "$(disk a)" "$(disk b)"
run lvm lvcreate -y -Wn -Zn -L 300M -T vg0/pool -V 400M -n dump
"""

main(lambda: capture_and_check(
    kernel="trixie", readers=("makedumpfile", "libkdumpfile"),
    **stacked.options(MAKE, "run lvm vgchange -ay vg0", "/dev/mapper/vg0-dump",
                      stacked.THIN, ("lvm",))))
