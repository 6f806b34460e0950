#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The disk driver's module is cut off: one line says so, the log's end is on the console."""

from lib import fetch, modules
from lib.fault import one
from lib.scenario import main

LONG = True


def story():
    kernel = fetch.kernel("trixie")
    data = dict(modules.resolve(kernel.modules, ["virtio_blk"]))["000-virtio_blk.ko"]
    one(None, r"modules: .*virtio_blk", dmesg=False,
        overlay={"lib/modules/virtio_blk.ko": (data[:20000], 0o600)})


main(story)
