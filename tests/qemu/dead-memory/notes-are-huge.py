#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The notes in the dead memory claim to be 4 GiB long: a dump is saved, or the reason is said."""

from lib.fault import one
from lib.scenario import main


def harm(dead):
    for kind, _, pa, _ in dead.segments():
        if kind == 4:
            dead.put(pa, b"\x08\0\0\0\xff\xff\xff\xff")


main(lambda: one(("complete", "fallback", None), r"vmcore: saved|no /proc/vmcore",
                 dmesg="any", memory=harm))
