#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No DHCP server answers: one line says so, the disk gets the dump."""

from lib.scenario import crashed, expect, main, verify

LONG = True


def story():
    with crashed(targets=("https", "ext4"), net="hubport,hubid=0",
                 extra_conf="target_timeout 4\n") as run:
        expect(run, r"target: .*(DHCP|dhcp)", "the silent network")
        verify.folder(run)
        verify.dmesg(run)


main(story)
