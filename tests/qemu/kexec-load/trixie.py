#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12 armed by kexec_load, crashed on the third of four CPUs: every reader opens the dump."""

from lib import kexecload
from lib.scenario import main

main(lambda: kexecload.whole("trixie", cpu=2, smp=4))
