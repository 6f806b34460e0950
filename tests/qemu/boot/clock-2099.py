#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The clock is at 2099: the folder is named after the crash all the same."""

from lib.fault import fault
from lib.scenario import main
from lib.verify import check

LONG = True


def story():
    with fault(machine=("-rtc", "base=2099-06-01")) as run:
        run.survives("complete", r"vmcore: saved")
        folder = run.named("vmcore")[0].parent.name
        check("-2099" not in folder, f"folder {folder}")


main(story)
