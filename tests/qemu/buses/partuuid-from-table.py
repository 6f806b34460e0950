#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""NVMe, ext4, 6.1: the image names the partition by PARTUUID, which the kernel does not tell."""

from lib import fetch, verify
from lib.scenario import crashed, expect, main

LONG = True


def story():
    with crashed(kernel=fetch.kernel("bookworm"), targets=("ext4",), bus="nvme",
                 gpt=True, crashkernel="128M", load=False,
                 conf="path {path}\next4 PARTUUID={part}\n"
                      "extra_modules virtio_pci nvme\n") as run:
        expect(run, r"target: PARTUUID=\S+ \(/dev/nvme0n1p2, ext4\): mounted",
               "the partition")
        verify.folder(run)
        verify.libkdumpfile(run)


main(story)
