#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64, 6.1: at levels 0, 1, 16, 17 and 31 the dump's pages are makedumpfile's, which runs under QEMU's user emulation."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(archcircle.pages_as_makedumpfile)
