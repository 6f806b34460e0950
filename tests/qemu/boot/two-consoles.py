#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Two consoles: both tell, the dump is whole."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"vmcore: saved", append="console=tty0 console=ttyS0"))
