#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""AHCI, btrfs, 7.2, no target line: `path` lies in a subvolume that is mounted."""

import os
import tempfile
import uuid

from lib import disk, fetch, tools, verify
from lib.scenario import check, crashed, expect, main

LONG = True

MOUNT = """
mkdir -p /data
mount -t btrfs -o subvol=@dumps "$(target_disk)" /data || fail "no subvolume"
"""


def make(path):
    """A btrfs with the subvolume @dumps."""
    ident = str(uuid.uuid4())
    disk.blank(path, "1G")
    with tempfile.TemporaryDirectory() as root:
        os.mkdir(f"{root}/@dumps")
        tools.run("mkfs.btrfs", "-q", "-f", "-U", ident, "--rootdir", root,
                  "--subvol", "@dumps", path)
    return ident


def story():
    with crashed(kernel=fetch.kernel("sid"), targets=("btrfs",), bus="ahci",
                 make_disk=make, mkinitrd="guest", load=False,
                 conf="path /data/in/crash\n",
                 guest_files={"etc/crashtest/before-arm": (MOUNT, 0o755)}) as run:
        expect(run, r"target: UUID=\S+ \(/dev/sda, btrfs\): mounted", "the disk")
        verify.folder(run)
        place = run.dump.parent.relative_to(run.collected)
        check(str(place) == "@dumps/in/crash", f"the dump is in {place}")
        verify.libkdumpfile(run)


main(story)
