#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The log's ring is random bytes: the vmcore is saved all the same."""

from lib.dead import random_bytes
from lib.fault import one
from lib.scenario import main

LONG = True


def harm(dead):
    dead.put(dead.pa(dead.u64(dead.symbol("prb"))), random_bytes(88))


main(lambda: one(("complete", "fallback"), r"vmcore: saved", dmesg="any", memory=harm))
