#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The kernel's page tables are loops: the dump comes to an end and is saved."""

from lib.fault import one
from lib.scenario import main

LONG = True


def harm(dead):
    top = dead.symbol("swapper_pg_dir")
    for n in range(256, 512):
        dead.put(top + n * 8, (top | 0x63).to_bytes(8, "little"))


main(lambda: one(("complete", "fallback"), r"vmcore: saved", dmesg="any", memory=harm))
