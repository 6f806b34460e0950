#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64: a dump in NOR flash (`mtd NAME`), recovered after the reboot."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(archcircle.flash)
