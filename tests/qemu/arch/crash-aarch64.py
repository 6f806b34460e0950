#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64, 6.1: crash of that architecture opens the dump, under QEMU's user emulation: sys, bt, ps, and its log is dmesg.txt."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(lambda: archcircle.story("aarch64", rows=(archcircle.CRASH,)))
