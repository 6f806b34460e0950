#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""xfs whose log cannot be replayed: one line says so, and the next target takes the dump."""

import os
import struct

from lib import disk, fetch, verify
from lib.scenario import check, crashed, expect, main

LONG = True


def spoil(image):
    """Noise where the log is, by the superblock."""
    with open(image, "r+b") as f:
        block = f.read(264)
        size, = struct.unpack_from(">I", block, 4)
        start, = struct.unpack_from(">Q", block, 48)
        blocks, = struct.unpack_from(">I", block, 96)
        shift = block[124]
        per_group, = struct.unpack_from(">I", block, 84)
        at = ((start >> shift) * per_group + (start & (1 << shift) - 1)) * size
        f.seek(at)
        for _ in range(blocks):
            f.write(os.urandom(size))


def more(run):
    bad = run.work / "bad.img"
    disk.make(bad, "xfs", "320M")
    spoil(bad)
    return ["-drive", f"if=none,id=bad,format=raw,file={bad}",
            "-device", "virtio-blk-pci,drive=bad,serial=bad"]


def story():
    conf = ("path {path}\nxfs /dev/vdc\next4 UUID={uuid}\n"
            "extra_modules virtio_pci virtio_blk\n")
    with crashed(kernel=fetch.kernel("trixie"), targets=("ext4",), load=False,
                 conf=conf, more_args=more) as run:
        expect(run, r"target: /dev/vdc \(/?.*xfs\): .*(damaged|replay)", "the reason")
        verify.folder(run)
        check(any("replayed" in str(s) for s in run.report["steps"]),
              f"kdump.json: {run.report['steps']}")


main(story)
