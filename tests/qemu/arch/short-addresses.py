#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64: addresses of 39 bits, and of 47 bits with pages of 16 KiB: tables of three levels; captured, opened."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(lambda: archcircle.story("aarch64", rows=archcircle.SHORT_ADDRESSES))
