#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A RAID 1 array: assembled from its members, clean again after the dump."""

from lib import fetch, stacked
from lib.scenario import check, crashed, debug_symbols, expect, main, verify

MAKE = """
run mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 \\
    --assume-clean "$(disk a)" "$(disk b)"
"""
AGAIN = """
run mdadm --assemble /dev/md0 "$(disk a)" "$(disk b)"
say "array: $(grep -o '\\[[U_]*\\]' /proc/mdstat)"
"""


def story():
    kernel = fetch.kernel("trixie", debug=debug_symbols())
    with crashed(kernel=kernel, **stacked.options(
            MAKE, AGAIN, "/dev/md0", stacked.RAID, ("mdadm",))) as run:
        for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
            print("  ok:", line, flush=True)
        expect(run, "stack: md0: assembled", "the array")
        check(run.console(r"array: \[UU\]"), "a member was lost")


main(story)
