#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""mem_section points nowhere: a dump is saved, the log is read."""

from lib.fault import one
from lib.scenario import main

LONG = True


def harm(dead):
    table = dead.pa(int(dead.info["SYMBOL(mem_section)"], 16))
    dead.put(table, bytes.fromhex("efbeadde00c0ffff") * 512)


main(lambda: one(("complete", "fallback"), r"vmcore: saved", dmesg=None, memory=harm))
