#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""USB mass storage, vfat, 7.2: host controller, usb-storage and sd_mod from sysfs."""

from lib.scenario import capture_and_check, main

LONG = True

main(lambda: capture_and_check(
    kernel="linux-image-amd64/sid", targets=("vfat",), bus="usb",
    mkinitrd="guest", crashkernel="192M",
    readers=("makedumpfile", "libkdumpfile")))
