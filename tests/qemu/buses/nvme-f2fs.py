#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""NVMe, f2fs in a GPT partition, 6.12: drivers from sysfs, found by UUID."""

from lib.scenario import capture_and_check, main

LONG = True

main(lambda: capture_and_check(
    kernel="linux-image-amd64/trixie", targets=("f2fs",), bus="nvme", gpt=True,
    mkinitrd="guest", crashkernel="192M",
    readers=("makedumpfile", "libkdumpfile")))
