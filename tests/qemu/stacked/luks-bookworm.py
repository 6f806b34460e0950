#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""LUKS2 on 6.1: the volume key comes from a file that the admin named."""

from lib import stacked
from lib.scenario import main

main(lambda: stacked.luks_capture("bookworm"))
