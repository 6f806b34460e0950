#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No bad file and no refusal of the kernel disarms the machine: 6.1.

What kdump-loader must refuse, the return to the pair before when the kernel
refuses, the one-way sysctls; then a crash. It has no kexec_load_limit_panic."""

from lib import refusals
from lib.scenario import main

LONG = True

main(lambda: refusals.run("bookworm", 39))
