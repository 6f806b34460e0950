#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An SD card, f2fs, 7.2: sdhci-pci and mmc_block from sysfs."""

from lib.scenario import capture_and_check, main

LONG = True

main(lambda: capture_and_check(
    kernel="linux-image-amd64/sid", targets=("f2fs",), bus="sdhci",
    mkinitrd="guest", crashkernel="192M",
    readers=("makedumpfile", "libkdumpfile")))
