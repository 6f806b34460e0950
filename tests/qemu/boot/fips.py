#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fips=1: the kernel panics at a cipher from a module whose signature it has not verified; modules keep theirs."""

from lib.fault import fault
from lib.scenario import check, main


def story():
    # as a LUKS target needs one
    with fault(append="fips=1", modules=("cmac",)) as run:
        check(run.console(r"fips mode: enabled"), "this kernel knows no fips=")
        run.survives("complete", r"vmcore: saved")
        check(run.report["capture"]["modules_failed"] == 0, "a module failed")


main(story)
