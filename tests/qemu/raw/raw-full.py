#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A raw device too small for the dump: the log whole, and a vmcore.incomplete that opens."""

from lib import readers
from lib.scenario import check, crashed, expect, main, verify

LONG = True


def story():
    with crashed(targets=("raw",), raw_disk="28M") as run:
        expect(run, r"vmcore\.incomplete: no more room", "the full device")
        check(run.console("crashtest: recover: exit 0"), "not recovered")
        check(run.core and run.core.name == "vmcore.incomplete",
              f"files: {run.files()}")
        verify.folder(run, state="partial")
        verify.dmesg(run)
        got = readers.libkdumpfile(run.core)
        check(got["pages"] > 2000, f"libkdumpfile: {got['pages']} pages")
        verify.log_of(run, run.core)


main(story)
