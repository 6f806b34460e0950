#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A quota of a btrfs is used up in the middle of the dump: the log is there, and of the vmcore what fits."""

import subprocess

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
        # whether btrfs takes a shorter file then depends on what is still to be committed; else nothing of it is removed
        if not run.dump:
            part, = run.collected.rglob("vmcore.partial")
            check({p.name for p in part.parent.iterdir()} == {"dmesg.txt", "vmcore.partial"}, f"files: {run.files()}")
            whole = part.with_name("vmcore.recovered")
            subprocess.run([arch.of("x86_64").build / "kdump-dumper", "--recover", part, whole], check=True)
            pages = readers.libkdumpfile(whole)["pages"]
            check(pages > 2000, f"libkdumpfile: {pages} pages are recovered")
            return
        verify.report(run)
        verify.dmesg(run)
        names = {p.name for p in run.dump.iterdir()} - {"dmesg.txt", "kdump.json", "kdump.log"}
        verify.folder(run, state="partial")
        check(names == {"vmcore.incomplete"}, f"files: {names}")
        got, saved = readers.libkdumpfile(run.core), run.report["vmcore"]["pages"]["saved"]
        check(got["pages"] == saved > 2000, f"libkdumpfile: {got['pages']} pages, kdump.json: {saved}")


main(story)
