#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.1, xfs, 4-level paging: the whole circle, and every reader opens the dump."""

from lib.scenario import capture_and_check, main

main(lambda: capture_and_check(kernel="bookworm", targets=("xfs",),
                               cpu="Nehalem", crashkernel="128M"))
