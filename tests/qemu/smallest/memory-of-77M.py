#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The capture kernel has 77 MiB: the dump is whole."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"vmcore: saved", append="memmap=19M$61M"))
