#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""USB attached SCSI, ext4, 6.1: host controller, uas and sd_mod from sysfs."""

from lib.scenario import capture_and_check, main

LONG = True

main(lambda: capture_and_check(
    kernel="linux-image-amd64/bookworm", targets=("ext4",), bus="uas",
    mkinitrd="guest", crashkernel="192M",
    readers=("makedumpfile", "libkdumpfile")))
