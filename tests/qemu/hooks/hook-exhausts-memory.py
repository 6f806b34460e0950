#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A hook takes all memory: it is killed, PID 1 lives on, the dump is whole."""

from lib import hooks
from lib.fault import one
from lib.scenario import main

main(lambda: one("complete", r"Out of memory: Killed process \d+ \(busybox\)",
                 root_files=hooks.script("b tail /dev/zero\nexit 0\n", "pre"),
                 extra_conf=hooks.conf("pre")))
