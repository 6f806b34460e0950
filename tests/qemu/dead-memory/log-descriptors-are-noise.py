#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The log's descriptors are random bytes: the vmcore is saved all the same."""

from lib.dead import random_bytes
from lib.fault import one
from lib.scenario import main

LONG = True


def harm(dead):
    ring = dead.pa(dead.u64(dead.symbol("prb")))
    descs = dead.pa(dead.u64(ring + 8))
    dead.put(descs, random_bytes(64 << 10))


main(lambda: one(("complete", "fallback", "dmesg-only"), r"vmcore: saved",
                 dmesg="any", memory=harm))
