#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk that is no target never answers: the search for the target goes past it."""

from lib import hooks
from lib.fault import Disk, fault
from lib.scenario import main

LONG = True

WAITS = True


def story():
    # sysfs shows vdb before vda (by a hash of the name); the hook holds the search until it hangs
    with fault(disks=(Disk(), Disk(fs="")), root_files=hooks.script("b sleep 4\n", "pre"),
               conf="path /crash\next4 {uuid0}\nextra_modules virtio_pci virtio_blk\n" +
               hooks.conf("pre"),
               on=((r"\[vdb\]", lambda run: run.throttle(1, 1)),)) as run:
        run.survives("complete", r"target: .*: vdb does not answer")


main(story)
