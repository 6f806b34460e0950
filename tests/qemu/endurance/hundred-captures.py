#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A hundred captures onto one disk, keep 3: every dump opens, space stays bounded, no debris."""

from lib import cycles
from lib.scenario import main

LONG = True

main(lambda: cycles.captures(100, keep=3))
