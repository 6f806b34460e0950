#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64, 6.12 and a device tree: armed by kexec_load, crashed, captured, opened."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(lambda: archcircle.story("aarch64", [0]))
