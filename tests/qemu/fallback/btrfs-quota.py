#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A quota of a btrfs is used up in the middle of the dump: log and report are there, and beside them what fits, or nothing."""

from lib import arch, fetch, readers
from lib.scenario import check, crashed, main, verify

LONG = True
LIMIT = """rm -f /target/written-before-the-crash
btrfs-limit /target 12 || fail "btrfs-limit: exit $?"
"""


def story():
    tool = (arch.of("x86_64").build / "guest/btrfs-limit").read_bytes()
    with crashed(kernel=fetch.kernel("trixie"), targets=("btrfs",), timeout=900, quiet=300,
                 guest_files={"bin/btrfs-limit": (tool, 0o755), "etc/crashtest/before-crash": (LIMIT, 0o755)}) as run:
        check(run.dump, f"no report among {run.files()}")
        verify.report(run)
        verify.dmesg(run)
        names = {p.name for p in run.dump.iterdir()} - {"dmesg.txt", "kdump.json", "kdump.log"}
        # whether btrfs takes the shorter file then depends on what is still to be committed
        if run.report["state"] == "dmesg-only":
            check(not names, f"files: {names}")
            return
        verify.folder(run, state="partial")
        check(names == {"vmcore.incomplete"}, f"files: {names}")
        got, saved = readers.libkdumpfile(run.core), run.report["vmcore"]["pages"]["saved"]
        check(got["pages"] == saved > 2000, f"libkdumpfile: {got['pages']} pages, kdump.json: {saved}")


main(story)
