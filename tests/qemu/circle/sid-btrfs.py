#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""7.2, btrfs: the whole circle, and every reader opens the dump."""

from lib.scenario import capture_and_check, main

LONG = True

main(lambda: capture_and_check(kernel="sid", targets=("btrfs",)))
