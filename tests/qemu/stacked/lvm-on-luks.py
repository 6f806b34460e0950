#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A logical volume on two disks, of which one is encrypted."""

from lib import stacked
from lib.scenario import capture_and_check, main

LONG = True

LUKS, UNLOCK = stacked.luks('"$(disk a)"', "vault")
MAKE = LUKS + """
run lvm pvcreate /dev/mapper/vault "$(disk b)"
run lvm vgcreate vg0 /dev/mapper/vault "$(disk b)"
run lvm lvcreate -y -Wn -Zn -n dump -L 400M vg0
"""

main(lambda: capture_and_check(
    kernel="trixie", readers=("makedumpfile", "libkdumpfile"),
    **stacked.options(MAKE, UNLOCK + "run lvm vgchange -ay vg0",
                      "/dev/mapper/vg0-dump", stacked.CRYPT,
                      ("lvm", "cryptsetup"), stacked.LUKS_CONF)))
