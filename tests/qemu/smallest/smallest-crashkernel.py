#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""7.2: captures with crashkernel=88M; the smallest size that does is printed."""

from lib import crash, smallest
from lib.scenario import check, main


def story():
    options = crash.Options(kernel="sid", targets=("ext4",))
    size = smallest.find(options, print, low=68, high=88)
    check(size, "crashkernel=88M is too small")
    print(f"smallest crashkernel= on 7.2: {size}M")


main(story)
