#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No bad file and no refusal of the kernel disarms the machine: 7.2.

What kdump-loader must refuse, the return to the pair before when the kernel
refuses, the one-way sysctls; then a crash."""

from lib import refusals
from lib.scenario import main

main(lambda: refusals.run("sid", 42))
