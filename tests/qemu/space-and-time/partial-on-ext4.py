#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ext4 fills up and no level is left: vmcore.incomplete opens, with what there was room for, and says so."""

from lib import fetch, readers
from lib.scenario import check, crashed, debug_symbols, expect, main, verify

LONG = True


def story():
    kernel = fetch.kernel("trixie", debug=debug_symbols())
    with crashed(kernel=kernel, targets=("ext4",), disk_size="24M",
                 guest_files={"etc/crashtest/before-crash": (
                     "rm -f /target/written-before-the-crash\n", 0o755)}) as run:
        expect(run, r"vmcore\.incomplete: no more room", "the full disk")
        expect(run, r"vmcore\.incomplete: saved", "what fits")
        check(run.core and run.core.name == "vmcore.incomplete",
              f"files: {run.files()}")
        verify.folder(run, state="partial")
        verify.dmesg(run)
        got = readers.libkdumpfile(run.core)
        saved = run.report["vmcore"]["pages"]["saved"]
        check(got["pages"] == saved > 2000,
              f"libkdumpfile: {got['pages']} pages, kdump.json: {saved}")
        verify.log_of(run, run.core)
        if kernel.vmlinux:
            seen = readers.crash(kernel.vmlinux, run.core)
            check(verify.CRASH_FRAME in seen["bt"] and len(seen["tasks"]) > 20,
                  f"crash: {len(seen['tasks'])} tasks, {seen['bt'][:300]}")


main(story)
