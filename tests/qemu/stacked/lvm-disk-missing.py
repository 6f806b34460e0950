#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One of a volume's disks is gone: one line names it, and the next target takes the dump."""

from lib import fetch, stacked
from lib.scenario import crashed, debug_symbols, expect, main, verify

LONG = True

MAKE = stacked.WAIT_SCSI + """
run lvm pvcreate /dev/sda /dev/sdb
run lvm vgcreate vg0 /dev/sda /dev/sdb
run lvm lvcreate -y -Wn -Zn -n gone -L 400M vg0
run /sbin/mke2fs -q -F -t ext4 /dev/mapper/vg0-gone
"""


def story():
    kernel = fetch.kernel("trixie", debug=debug_symbols())
    options = stacked.options(
        MAKE, "", '"$(disk c)"', stacked.DM + stacked.SCSI, ("lvm",), disks=("c",))
    options["conf"] = ("path /crash\next4 /dev/mapper/vg0-gone\n"
                       "ext4 /dev/disk/by-id/c\ntarget_timeout 3\n")
    options["guest_files"]["etc/crashtest/before-arm"] = (
        options["guest_files"]["etc/crashtest/before-arm"][0] +
        'mkdir -p /dev/disk/by-id; ln -s "$(disk c)" /dev/disk/by-id/c\n', 0o755)
    with crashed(kernel=kernel, more_args=stacked.scsi("a", "b"),
                 on_line=stacked.unplug("disk1"), **options) as run:
        for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
            print("  ok:", line, flush=True)
        expect(run, r"target: /dev/mapper/vg0-gone: vg0-gone needs UUID=\S+, "
                    "which does not come", "the missing disk")


main(story)
