#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Two thousand random pages of the dead kernel are noise: a dump is saved."""

from lib.dead import random_bytes
from lib.fault import one
from lib.scenario import main

LONG = True


def harm(dead):
    ranges = dead.ranges()
    for n in range(2000):
        pa, size = ranges[n % len(ranges)]
        dead.put(pa + n * 2654435761 % (size >> 12) * 4096, random_bytes(4096, n))


main(lambda: one(("complete", "fallback"), r"vmcore: saved", dmesg="any", memory=harm))
