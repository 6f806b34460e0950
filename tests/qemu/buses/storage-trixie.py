#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12: each bus with each file system, and the shares: about an hour."""

from lib.scenario import main
from lib.storage import run

LONG = True

main(lambda: run("trixie"))
