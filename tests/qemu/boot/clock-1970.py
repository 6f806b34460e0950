#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The clock is at 1970: it is set to the time of the crash."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"clock: was lost", machine=("-rtc", "base=1970-01-01")))
