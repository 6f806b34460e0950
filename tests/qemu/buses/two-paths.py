#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One UUID on four disks, of which three cannot be mounted: the dump goes to the fourth."""

from lib import fetch, verify
from lib.scenario import crashed, expect, main

LONG = True


def paths(run):
    """Disks with the target's superblock and nothing behind it."""
    args = []
    for name in ("bad1", "bad2", "bad3"):
        image = run.work / f"{name}.img"
        with open(run.work / "target.img", "rb") as src, open(image, "wb") as dst:
            dst.write(src.read(4096))
            dst.truncate(64 << 20)
        args += ["-drive", f"if=none,id={name},format=raw,file={image}",
                 "-device", f"virtio-blk-pci,drive={name},serial={name}"]
    return args


def story():
    conf = "path {path}\next4 UUID={uuid}\nextra_modules virtio_pci virtio_blk\n"
    with crashed(kernel=fetch.kernel("bookworm"), targets=("ext4",), load=False,
                 mount=False, crashkernel="128M", conf=conf, more_args=paths,
                 guest_files={"etc/crashtest/before-collect": (
                     "mount -t ext4 -o ro \"$(disk target)\" /target && src=/target\n",
                     0o755)}) as run:
        expect(run, r"target: UUID=\S+ \(/dev/vd., ext4\): .*; trying /dev/vd",
               "the bad path")
        expect(run, r"target: UUID=\S+ \(/dev/vdb, ext4\): mounted", "the good one")
        verify.folder(run)


main(story)
