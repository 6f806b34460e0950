#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""virtio-scsi, xfs, 6.1: drivers from sysfs, the disk by UUID."""

from lib.scenario import capture_and_check, main

LONG = True

main(lambda: capture_and_check(
    kernel="bookworm", targets=("xfs",), bus="virtio-scsi", mkinitrd="guest",
    crashkernel="128M",
    readers=("makedumpfile", "libkdumpfile")))
