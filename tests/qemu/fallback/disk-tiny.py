#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk too small for any vmcore: the log is saved all the same, an unfinished vmcore says so."""

from lib.scenario import check, crashed, expect, main

LONG = True


def story():
    with crashed(targets=("ext4",), disk_size="8M", mem="512M",
                 guest_files={"etc/crashtest/before-crash": (
                     "rm -f /target/written-before-the-crash\n", 0o755)}) as run:
        expect(run, r"too little for any level", "the full disk")
        expect(run, r"dmesg\.txt: saved", "the log")
        names = [f.rsplit("/", 1)[-1] for f in run.files()]
        check("dmesg.txt" in names, f"no dmesg.txt among {names}")
        check("vmcore" not in names, "an unfinished vmcore has its final name")
        check(run.report.get("state") in ("partial", "dmesg-only"),
              f"state {run.report.get('state')}")
        check("again" in run.events, "production did not come up again")


main(story)
