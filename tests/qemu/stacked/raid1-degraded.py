#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""RAID 1 on 7.2 whose second member is gone with the crash: the first one takes the dump."""

from lib import fetch, stacked
from lib.scenario import crashed, debug_symbols, expect, main, verify

LONG = True

MAKE = stacked.WAIT_SCSI + """
run mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.0 \\
    --assume-clean /dev/sda /dev/sdb
"""
AGAIN = stacked.WAIT_SCSI + "run mdadm --assemble --run /dev/md0 /dev/sd?\n"


def story():
    kernel = fetch.kernel("sid", debug=debug_symbols())
    with crashed(kernel=kernel, more_args=stacked.scsi("a", "b"),
                 on_line=stacked.unplug("disk1"), **stacked.options(
                     MAKE, AGAIN, "/dev/md0", stacked.RAID + stacked.SCSI,
                     ("mdadm",), disks=())) as run:
        for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
            print("  ok:", line, flush=True)
        expect(run, "stack: md0: runs with 1 of 2 members", "the missing member")


main(story)
