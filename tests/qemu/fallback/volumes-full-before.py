#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each file system is full before the crash: one line names it, and the next target gets all."""

from lib import full
from lib.scenario import check, expect, main

LONG = True


def nothing(run, name):
    """Not even the log; what is there lies under no final name."""
    expect(run, rf"target: UUID={run.ids[name]} \(/dev/vd.*, {name}\): dmesg\.txt: .*No space left on device", name)
    left = [f for f in run.files() if f.startswith(f"{name}/") and not f.endswith(".partial")]
    check(not left, f"{name}: {left}")
    full.usable(run, name)
    print(f"  ok: {name}", flush=True)


def story():
    with full.volumes(list(full.SIZES), 0) as run:
        for name in full.SIZES:
            nothing(run, name)
        full.whole_behind(run, ["failed"] * len(full.SIZES) + ["saved"])


main(story)
