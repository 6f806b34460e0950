#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64: whole circles on each kernel and kind of machine.

ARCH_ROWS="1 3" takes these rows of lib/archcircle.py."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(lambda: archcircle.story("aarch64"))
