#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12, vfat: the production system packs its own image from what sysfs tells."""

from lib.scenario import capture_and_check, main

LONG = True

main(lambda: capture_and_check(kernel="trixie", targets=("vfat",),
                               mkinitrd="guest",
                               readers=("makedumpfile", "libkdumpfile")))
