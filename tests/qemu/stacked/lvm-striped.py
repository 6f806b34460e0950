#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A logical volume striped over two disks, on 7.2."""

from lib import stacked
from lib.scenario import capture_and_check, main

LONG = True

MAKE = """
run lvm pvcreate "$(disk a)" "$(disk b)"
run lvm vgcreate vg0 "$(disk a)" "$(disk b)"
run lvm lvcreate -y -Wn -Zn -n dump -i 2 -L 400M vg0
"""

main(lambda: capture_and_check(
    kernel="sid", readers=("makedumpfile", "libkdumpfile"),
    **stacked.options(MAKE, "run lvm vgchange -ay vg0", "/dev/mapper/vg0-dump",
                      stacked.DM, ("lvm",))))
