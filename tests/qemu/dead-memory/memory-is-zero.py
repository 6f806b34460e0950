#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The dead kernel's memory is all zeroes: a dump is saved, or the reason is said."""

from lib.fault import one
from lib.scenario import main

LONG = True


def harm(dead):
    for pa, size in dead.ranges():
        dead.put(pa, bytes(size))


main(lambda: one(("complete", "fallback", None), r"vmcore: saved|no /proc/vmcore",
                 dmesg="any", memory=harm))
