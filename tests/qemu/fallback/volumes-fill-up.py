#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each file system fills up in the middle of the dump: a vmcore.incomplete that opens, and the next target gets all."""

from lib import full, readers
from lib.scenario import check, expect, main, verify

LONG = True
# MiB that stay free: of a dump at level 31 about a third
ROOM_M = 12


def part(run, name):
    """Of the pages there is a part, and of all else nothing is missing."""
    expect(run, rf"room: UUID={run.ids[name]}: .*too little for any level", f"{name}: the room")
    full.dump_of(run, name)
    verify.folder(run, state="partial")
    verify.dmesg(run)
    check(run.core.name == "vmcore.incomplete", f"{name}: {run.core}")
    got, saved = readers.libkdumpfile(run.core), run.report["vmcore"]["pages"]["saved"]
    check(got["pages"] == saved > 2000, f"{name}: libkdumpfile: {got['pages']} pages, kdump.json: {saved}")
    check(run.console(f"crashtest: {name}: removed: {run.dump.name}"), f"{name}: the dump is not removed")
    full.usable(run, name)
    print(f"  ok: {name}: {saved} pages", flush=True)


def story():
    with full.volumes(list(full.SIZES), ROOM_M) as run:
        for name in full.SIZES:
            part(run, name)
        full.whole_behind(run, ["partial"] * len(full.SIZES) + ["saved"])


main(story)
