#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A .partial of an earlier capture is left alone; the dump is whole."""

from lib.fault import Disk, fault
from lib.scenario import main
from lib.verify import check

LONG = True


def debris(folder):
    old = folder / "crash/host-20200101T000000Z-12345678"
    old.mkdir(parents=True)
    (old / "vmcore.partial").write_text("x")


def story():
    with fault(disks=(Disk(tree=debris),)) as run:
        run.survives("complete", r"vmcore: saved")
        check(run.named("vmcore.partial"), "the other capture's file is gone")


main(story)
