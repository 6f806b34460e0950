#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""RAID 0, RAID 5 with all members and RAID 10: each takes the dump and is whole afterwards."""

from lib import fetch, stacked
from lib.scenario import check, crashed, debug_symbols, expect, main, verify

LONG = True

# level -> (members, words, drivers, what mdstat says of the members)
LEVELS = {
    "0": (2, "", ("md_mod", "raid0"), None),
    "5": (3, "--assume-clean", ("md_mod", "raid456"), "UUU"),
    "10": (4, "--assume-clean", ("md_mod", "raid10"), "UUUU"),
}


def one(kernel, level):
    """A machine with an array of this level."""
    n, words, drivers, state = LEVELS[level]
    names = tuple("abcd"[:n])
    members = " ".join(f'"$(disk {d})"' for d in names)
    make = (f"run mdadm --create /dev/md0 --run --level={level} --raid-devices={n} "
            f"--metadata=1.2 {words} {members}\n")
    again = (f"run mdadm --assemble /dev/md0 {members}\n"
             "say \"array: $(grep -o '\\[[U_]*\\]' /proc/mdstat)\"\n")
    with crashed(kernel=kernel, **stacked.options(
            make, again, "/dev/md0", drivers, ("mdadm",), disks=names)) as run:
        for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
            print(f"  ok: RAID {level}:", line, flush=True)
        expect(run, "stack: md0: assembled", "the array")
        if state:
            check(run.console(rf"array: \[{state}\]"), "a member was lost")


def story():
    kernel = fetch.kernel("trixie", debug=debug_symbols())
    for level in LEVELS:
        one(kernel, level)


main(story)
