#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A partition by its PARTLABEL as a raw target: kdump-mkinitrd finds it, `kdump-dumper --recover` alone saves it."""

from lib import disk, gpt
from lib.scenario import check, crashed, expect, main, verify

LONG = True

# the guest has no udev
RECOVER = """mkdir -p /dev/disk/by-partlabel
ln -s "$(disk raw)2" /dev/disk/by-partlabel/crashdump
kdump-dumper --recover; say "recover: exit $?"
kdump-dumper --recover; say "recover again: exit $?"
"""


def make(path):
    disk.blank(path, "300M")
    gpt.wrap(path, "crashdump")


def story():
    with crashed(targets=("raw",), raw_disk=make, recover=RECOVER,
                 raw_line="raw PARTLABEL=crashdump", path="/tmp/crash",
                 mkinitrd="guest") as run:
        check(run.console(r"target 1: raw PARTUUID=[0-9a-f-]{36}"),
              "kdump-mkinitrd names no partition")
        expect(run, r"target: PARTUUID=\S+ \(/dev/vd[a-z]2, raw\): opened",
               "the raw partition")
        check(run.console("crashtest: recover: exit 0"), "not recovered")
        check(run.console("crashtest: recover again: exit 3"),
              "the partition is not free afterwards")
        verify.folder(run)
        verify.dmesg(run)
        verify.libkdumpfile(run)


main(story)
