#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A folder of the host by 9p, 6.12."""

from lib.scenario import capture_and_check, main

LONG = True

main(lambda: capture_and_check(
    kernel="linux-image-amd64/trixie", targets=("9p",), crashkernel="192M",
    mkinitrd="guest",
    readers=("makedumpfile", "libkdumpfile")))
