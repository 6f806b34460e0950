#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""LUKS2 on 7.2: the volume key comes from a file that the admin named."""

from lib import stacked
from lib.scenario import main

LONG = True

main(lambda: stacked.luks_capture("sid"))
