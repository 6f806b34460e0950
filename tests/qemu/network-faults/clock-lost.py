#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The clock is at 1970, and the dead kernel did not know the time: the server's Date sets it, and its certificate is good."""

from lib import server
from lib.fault import Disk, fault
from lib.scenario import check, main

LONG = True


def forget_the_time(dead):
    """No CRASHTIME in vmcoreinfo."""
    at = dead.ram.find(b"CRASHTIME=")
    check(at >= 0, "the dead kernel has no CRASHTIME")
    while at >= 0:
        dead.ram[at:at + 9] = b"NOTHING_X"
        at = dead.ram.find(b"CRASHTIME=")


def story():
    with fault(net="user", web=server.Nginx, memory=forget_the_time, disks=(Disk(),),
               machine=("-rtc", "base=1970-01-01")) as run:
        run.survives("complete", r"clock: was lost, set to the Date of 10\.0\.2\.2")
        clock = run.report["capture"]["clock"]
        check(clock["found"].startswith("1970-") and clock["by"] == "the Date of 10.0.2.2", f"kdump.json: {clock}")
        check(run.report["targets"][0]["outcome"] == "saved", f"kdump.json: {run.report['targets']}")


main(story)
