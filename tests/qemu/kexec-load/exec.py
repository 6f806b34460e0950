#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kdump-loader exec: 6.12 leaves for itself by kexec_load, with all its memory and CPUs."""

from lib import execed
from lib.scenario import main

main(lambda: print(execed.check("trixie", "-c")))
