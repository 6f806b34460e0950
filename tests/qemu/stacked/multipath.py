#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Two paths to one disk, the first of which is gone with the crash: the other one takes the dump."""

from lib import fetch, stacked
from lib.scenario import crashed, debug_symbols, expect, main, verify

LONG = True

MAKE = stacked.WAIT_SCSI + """
n=$(cat /sys/block/sda/size)
run dmsetup create --noudevrules --noudevsync mpatha --uuid mpath-35000c50015ea7100 --table \\
    "0 $n multipath 0 0 1 1 round-robin 0 2 1 8:0 100 8:16 100"
[ -e /dev/mapper/mpatha ] || run ln -s ../dm-0 /dev/mapper/mpatha
"""
AGAIN = stacked.WAIT_SCSI + "run ln -s $(ls /dev/sd? | head -n 1) /dev/mapper/mpatha\n"


def story():
    kernel = fetch.kernel("trixie", debug=debug_symbols())
    with crashed(kernel=kernel, more_args=stacked.scsi("a", "a"),
                 on_line=stacked.unplug("disk0"), **stacked.options(
                     MAKE, AGAIN, "/dev/mapper/mpatha",
                     stacked.DM + stacked.SCSI + ("dm_multipath", "dm_round_robin"),
                     ("dmsetup",), disks=())) as run:
        for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
            print("  ok:", line, flush=True)
        expect(run, r"target: UUID=\S+ \(/dev/sd[ab], ext4\): mounted", "the path")


main(story)
