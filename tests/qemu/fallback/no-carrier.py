#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A network without carrier: one line says so, the disk gets the dump."""

from lib.scenario import crashed, expect, main, verify

LONG = True


def story():
    with crashed(targets=("https", "ext4"), net="off",
                 extra_conf="target_timeout 4\n") as run:
        expect(run, r"target: .*(carrier|link)", "the missing carrier")
        verify.folder(run)
        verify.dmesg(run)


main(story)
