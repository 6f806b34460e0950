#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64: a kernel from linux-source that has kexec_file_load: armed by it, crashed, captured, opened."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(lambda: archcircle.circle("aarch64", archcircle.FILE_CALL))
