#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A folder of the host by virtiofs, 6.1 cloud."""

from lib.scenario import capture_and_check, main

LONG = True

main(lambda: capture_and_check(
    kernel="bookworm", targets=("virtiofs",), crashkernel="128M",
    readers=("makedumpfile", "libkdumpfile")))
