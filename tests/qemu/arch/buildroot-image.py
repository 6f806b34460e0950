#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64: an image of Buildroot (BUILDROOT= names its tree) is armed by its init script, crashes, and has its dump."""

from lib import buildroot
from lib.scenario import main

LONG = True

main(lambda: buildroot.image("aarch64"))
