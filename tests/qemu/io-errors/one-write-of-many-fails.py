#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One write fails while others are on their way: the dump is not called whole, the second disk gets it."""

from lib.fault import Disk, fault
from lib.scenario import check, main

LONG = True


def slow(run):
    """Seconds for the dump; within them a write of its data fails, once."""
    run.throttle(0, 6 << 20)
    run.later(1.5, lambda run: run.fail_now(0, {"event": "none", "iotype": "write", "once": True}))


def story():
    with fault(disks=(Disk(), Disk()), level=0, on=((r"/dev/vda, ext4\): mounted", slow),)) as run:
        run.survives("complete", r"vmcore: .*([Ii]nput/output|[Ii]/[Oo]) error")
        first, second = run.report["targets"]
        check((first["outcome"], second["outcome"]) == ("failed", "saved"), f"{run.report['targets']}")


main(story)
