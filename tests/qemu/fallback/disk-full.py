#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk too small for level 0: that is known before the dump, which is made at level 31."""

from lib.scenario import check, crashed, expect, expect_not, main, verify


def story():
    conf = ("path {path}\next4 UUID={uuid}\ncore_collector kdump-dumper -d 0\n"
            "extra_modules virtio_pci virtio_blk\n")    # stored, not compressed
    # in memory: level 31 leaves it out
    more = "for i in 1 2 3 4 5 6 7 8; do cat /tmp/random; done >/tmp/more\n"
    more += "for i in 1 2; do cat /tmp/more; done >/tmp/yet-more\n"
    with crashed(targets=("ext4",), conf=conf, disk_size="110M", mem="768M",
                 guest_files={"etc/crashtest/before-crash": (more, 0o755)}
                 ) as run:
        expect(run, r"room: .*: measured, level 31 takes", "the small disk")
        expect_not(run, r"[Nn]o space", "the small disk")
        check(run.report.get("vmcore", {}).get("level") == 31,
              f"kdump.json: vmcore {run.report.get('vmcore')}")
        verify.folder(run, state="fallback")
        verify.dmesg(run)
        verify.libkdumpfile(run)


main(story)
