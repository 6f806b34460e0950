#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A target whose superblock cannot be read for ever: that has a limit, the second one gets the dump."""

from lib import hooks
from lib.fault import Disk, fault
from lib.scenario import check, main

WAITS = True


def story():
    # btrfs has its superblock where the kernel's search for partitions has read nothing
    with fault(disks=(Disk(), Disk("btrfs")), root_files=hooks.script("b sleep 4\n", "pre"),
               conf="path /crash\nbtrfs {uuid1}\next4 {uuid0}\ntarget_timeout 10\nstep_timeout 10\n"
               "extra_modules virtio_pci virtio_blk\n" + hooks.conf("pre"),
               on=((r"\[vdb\]", lambda run: run.throttle(1, 1)),)) as run:
        run.survives("complete", r"target: .*: vdb does not answer")
        first, second = run.report["targets"]
        check((first["failed_step"], second["failed_step"]) == ("open", None),
              f"{run.report['targets']}")
        check(first["why"].startswith("vdb does not answer"), first["why"])


main(story)
