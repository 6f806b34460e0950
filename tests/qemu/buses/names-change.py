#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The target is sdb on the running machine and sda in the crash kernel: it is found all the same."""

from lib import disk, fetch, verify
from lib.scenario import check, crashed, expect, main

LONG = True


def other_disk(run):
    """An AHCI disk, whose driver the crash kernel does not load."""
    disk.blank(run.work / "other.img", "64M")
    return ["-drive", f"if=none,id=other,format=raw,file={run.work}/other.img",
            "-device", "ich9-ahci,id=ahci", "-device",
            "ide-hd,drive=other,bus=ahci.0"]


# the other disk first, whose driver may take its time
SWAP = """
rmmod ahci virtio_scsi
while [ -e /dev/sda ] || [ -e /dev/sdb ]; do usleep 50000; done
insmod /mods/*-ahci.ko
until [ -e /dev/sda ]; do usleep 50000; done
insmod /mods/*-virtio_scsi.ko
echo "crashtest: target is $(target_disk)"
"""


def story():
    with crashed(kernel=fetch.kernel("sid"), targets=("ext4",), load=False,
                 bus="virtio-scsi", mkinitrd="guest", more_args=other_disk,
                 production_modules=("ahci",), conf="path {path}\nauto /dev/sdb\n",
                 guest_files={"etc/crashtest/before-arm": (SWAP, 0o755)}) as run:
        check(run.console("crashtest: target is /dev/sdb"), "no /dev/sdb")
        expect(run, r"target: UUID=\S+ \(/dev/sda, ext4\): mounted", "sda")
        verify.folder(run)


main(story)
