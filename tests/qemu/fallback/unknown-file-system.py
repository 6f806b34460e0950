#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk without a file system: one line says so, the machine reboots."""

from lib import disk
from lib.scenario import check, crashed, expect, main

LONG = True


def story():
    conf = ("path {path}\next4 /dev/vdb\ntarget_timeout 3\n"
            "extra_modules virtio_pci virtio_blk\n")
    with crashed(targets=("ext4",), conf=conf, load=False, mount=False,
                 make_disk=lambda path: disk.blank(path, "64M")) as run:
        expect(run, r"target: /dev/vdb.*no file system", "the blank disk")
        expect(run, r"no vmcore was saved", "the failure")
        check("again" in run.events, "production did not come up again")


main(story)
