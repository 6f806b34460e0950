#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""nr_cpus=4: the capture uses them, the dump is whole."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"vmcore: saved", smp=4, usable_m=128,
                 append="nr_cpus=4"))
