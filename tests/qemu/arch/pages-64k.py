#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64: pages of 64 KiB, addresses of 52 and of 48 bits, armed by both calls: captured in 16 MiB, opened."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(lambda: archcircle.story("aarch64", rows=archcircle.PAGES_64K))
