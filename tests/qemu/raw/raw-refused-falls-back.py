#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A raw target holds a file system: not a byte of it is touched, and the next target takes the dump."""

import hashlib

from lib import disk
from lib.scenario import check, crashed, expect, main, verify

LONG = True

SUMS = []


def digest(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def make(path):
    disk.make(path, "ext4", "64M")
    SUMS.append(digest(path))


def story():
    with crashed(targets=("raw", "ext4"), raw_disk=make, recover="") as run:
        expect(run, r"target: /dev/vdb \(raw\): it holds ext2, ext3 or ext4; "
                    r"write `overwrite`", "the refusal")
        check(digest(run.work / "raw.img") == SUMS[0],
              "the refused device was written to")
        verify.folder(run)
        verify.dmesg(run)
        verify.libkdumpfile(run)


main(story)
