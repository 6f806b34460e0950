#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No fault at all: the fault matrix's machine captures, whole, with the log."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"vmcore: saved"))
