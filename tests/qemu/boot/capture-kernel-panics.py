#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The capture kernel panics in the middle: the log is saved, the machine reboots."""

from lib.fault import fault
from lib.scenario import main
from lib.verify import check


def machine_check(run):
    """A fatal one: valid, uncorrected, enabled, context corrupt."""
    run.qmp("human-monitor-command", **{"command-line": "mce 0 1 0xb200000000000000 4 0 0"})


def story():
    # a machine check is no setting's: nothing that kdump-init takes back
    with fault(level=0, on=(
            (r"target: .*mounted", lambda run: run.throttle(0, 1 << 20)),
            (r"dmesg\.txt: saved", machine_check))) as run:
        run.resets(r"Kernel panic - not syncing: .*[Mm]achine check")
        check(run.named("dmesg.txt"), "no dmesg.txt on the disk")
        check(not run.named("vmcore"), "an unfinished vmcore has its final name")


main(story)
