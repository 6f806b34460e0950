#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The disk driver's module is empty: one line says so, the log's end is on the console."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one(None, r"modules: .*virtio_blk", dmesg=False,
                 overlay={"lib/modules/virtio_blk.ko": (b"", 0o600)}))
