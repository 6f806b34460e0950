#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The capture kernel panics in the middle: the log is saved, the machine reboots."""

from lib.fault import fault
from lib.scenario import main
from lib.verify import check


def story():
    with fault(level=0, append="unknown_nmi_panic=1", on=(
            (r"target: .*mounted", lambda run: run.throttle(0, 1 << 20)),
            (r"dmesg\.txt: saved", lambda run: run.qmp("inject-nmi")))) as run:
        run.resets(r"NMI|Kernel panic")
        check(run.named("dmesg.txt"), "no dmesg.txt on the disk")
        check(not run.named("vmcore"), "an unfinished vmcore has its final name")


main(story)
