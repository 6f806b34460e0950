#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server drops the connection in the middle: one line, the disk gets the dump."""

from lib.scenario import crashed, expect, main, verify

LONG = True


def story():
    with crashed(targets=("https", "ext4"), web_reset=1 << 20) as run:
        expect(run, r"vmcore\.flat: ", "the broken connection")
        verify.folder(run)
        verify.dmesg(run)
        verify.libkdumpfile(run)


main(story)
