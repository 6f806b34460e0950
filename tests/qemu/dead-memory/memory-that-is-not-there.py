#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Half of the memory that the header names is not there: a dump is saved, or the reason is said."""

from lib.fault import one
from lib.scenario import main

LONG = True


def harm(dead):
    for kind, at, _, size in dead.segments():
        if kind == 1 and size > 1 << 24:
            dead.header[at + 40:at + 48] = (size + (1 << 30)).to_bytes(8, "little")
            dead.header[at + 32:at + 40] = (size + (1 << 30)).to_bytes(8, "little")


main(lambda: one(("complete", "fallback", "dmesg-only", None), r"vmcore: |no /proc/vmcore",
                 dmesg="any", memory=harm))
