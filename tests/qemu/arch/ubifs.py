#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64: a dump in UBIFS, whoever attaches UBI, and found there after the reboot."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(archcircle.ubifs)
