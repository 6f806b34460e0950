#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12, ext4: the whole circle, and every reader opens the dump."""

from lib.scenario import capture_and_check, main

main(lambda: capture_and_check(kernel="trixie", targets=("ext4",), mem="2G"))
