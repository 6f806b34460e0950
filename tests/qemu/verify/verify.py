#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`verify` says yes where a crash is then captured, with its times and memory."""

from lib.scenario import check, main
from lib.verifying import case

LONG = True


def story():
    with case() as one:
        said = one.verify("yes")
        print(f"  {said['seconds']}, {said['peak_bytes'] >> 20} of {said['reserved_bytes'] >> 20} MiB")
        check(said["state"] == "complete" and not said["notes"], str(said))
        check(30 < said["peak_bytes"] >> 20 < 128, f"peak {said['peak_bytes']}")
        one.crash("complete", r"vmcore: saved")


main(story)
