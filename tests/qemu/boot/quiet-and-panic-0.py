#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""quiet, panic=0: kdump-init still tells, the dump is whole."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"vmcore: saved", append="quiet loglevel=0 panic=0"))
