#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`verify` says no, with the reason, in ten cases in which a crash is then not captured."""

import os

from lib import hooks
from lib.fault import noise
from lib.scenario import main
from lib.verifying import CONF, case

LONG = True


def halve(path):
    os.truncate(path, path.stat().st_size // 2)


def spoil(path):
    """Bytes of the payload."""
    noise(path, path.stat().st_size - 60000, 500)


def cases():
    """Name, the Case, verify's reason, and what the crash comes to: for crash(), or for hangs()."""
    pre = hooks.script("echo no; exit 3\n", "pre")
    yield ("a driver is missing", {"modules": "virtio_pci"}, "no such device", (None, r"target: ", False))
    yield ("a driver is not let in", {"append": "module_blacklist=virtio_blk"}, "UUID",
           (None, r"modules: .*virtio_blk", False))
    yield ("the target is gone", {"disks": False}, "is on no disk of this machine",
           (None, r"target: ", False))
    yield ("the reservation is too small", {"reserved": 48}, "too small",
           r"memory|Initramfs unpacking failed")
    yield ("the image is cut", {"image": halve}, "is cut", r"Initramfs unpacking failed|No working init|panic")
    yield ("the image is damaged", {"image": spoil}, "is damaged", r"Initramfs unpacking failed|panic")
    yield ("modules of another kernel", {"of_image": "bookworm"}, "was made for kernel",
           (None, r"modules: .*virtio", False))
    yield ("no init", {"append": "rdinit=/none"}, "panicked", r"panic|rdinit")
    yield ("too little memory is told", {"append": "mem=40M"}, "", r".")
    yield ("a hook refuses", {"conf": CONF + hooks.conf("pre"), "root_files": pre,
                              "reserved": 160}, "dmesg-only",
           ("dmesg-only", r"does not want a dump", None))


def story():
    for name, broken, reason, after in cases():
        print(f"  {name}", flush=True)
        with case(**broken) as one:
            one.verify("no", reason)
            if isinstance(after, tuple):
                one.crash(*after[:2], dmesg=after[2])
            else:
                one.hangs(after)


main(story)
