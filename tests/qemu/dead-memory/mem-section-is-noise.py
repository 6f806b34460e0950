#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""mem_section's table is random bytes: no page is lost for it, the log is read."""

from lib.dead import random_bytes
from lib.fault import one
from lib.scenario import main

LONG = True


def harm(dead):
    table = dead.pa(int(dead.info["SYMBOL(mem_section)"], 16))
    dead.put(dead.pa(dead.u64(table)), random_bytes(4096))


main(lambda: one(("complete", "fallback"), r"vmcore: saved", dmesg=None, memory=harm))
