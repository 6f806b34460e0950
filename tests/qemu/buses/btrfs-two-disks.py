#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A btrfs on two disks, data on both: the kernel is told of both before the mount."""

import uuid

from lib import disk, fetch, tools, verify
from lib.scenario import check, crashed, expect, main

LONG = True


def make(path):
    ident = str(uuid.uuid4())
    second = path.parent / "second.img"
    disk.blank(path, "512M")
    disk.blank(second, "512M")
    tools.run("mkfs.btrfs", "-q", "-f", "-U", ident, "-d", "raid0", "-m", "raid1",
              path, second)
    return ident


def more(run):
    return ["-drive", f"if=none,id=second,format=raw,file={run.work}/second.img",
            "-device", "virtio-blk-pci,drive=second,serial=second"]


def story():
    collect = ("mount -t btrfs -o ro,device=/dev/vdb,device=/dev/vdc /dev/vdb "
               "/target && src=/target\n")
    with crashed(kernel=fetch.kernel("trixie"), targets=("btrfs",), load=False,
                 mount=False, make_disk=make, more_args=more,
                 guest_files={"etc/crashtest/before-collect": (collect, 0o755)}
                 ) as run:
        expect(run, r"target: UUID=\S+ \(/dev/vd[bc], btrfs\): mounted", "it")
        check(not run.console("devices are missing"), "a device is missing")
        verify.folder(run)
        verify.libkdumpfile(run)


main(story)
