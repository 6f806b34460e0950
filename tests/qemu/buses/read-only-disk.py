#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A write-protected disk: one line says so, and the next target takes the dump."""

from lib import disk, fetch, verify
from lib.scenario import check, crashed, expect, main

LONG = True


def more(run):
    image = run.work / "readonly.img"
    disk.make(image, "ext4", "64M")
    return ["-drive", f"if=none,id=ro,format=raw,readonly=on,file={image}",
            "-device", "virtio-blk-pci,drive=ro,serial=ro"]


def story():
    conf = ("path {path}\next4 /dev/vdc\next4 UUID={uuid}\n"
            "extra_modules virtio_pci virtio_blk\n")
    with crashed(kernel=fetch.kernel("trixie"), targets=("ext4",), load=False,
                 conf=conf, more_args=more) as run:
        expect(run, r"target: /dev/vdc.*write-protected", "the reason")
        verify.folder(run)
        check(any("write-protected" in str(s) for s in run.report["steps"]),
              f"kdump.json: {run.report['steps']}")


main(story)
