#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server refuses the dump's size (413): one line names it, the disk gets the dump."""

from lib.scenario import check, crashed, expect, main, verify


def story():
    with crashed(targets=("https", "ext4"), web_limit="300k") as run:
        expect(run, r"vmcore\.flat: .*413", "the refusal")
        verify.folder(run)
        check(run.core.name == "vmcore", "the dump is not the disk's")
        check(not any(f.endswith("vmcore.flat") for f in run.files()),
              "the server keeps a part of the dump")


main(story)
