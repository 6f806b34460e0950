#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""riscv64: a crash kernel of our own captures Debian's; the smallest crashkernel= of both is printed."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(lambda: archcircle.capture_kernel("riscv64"))
