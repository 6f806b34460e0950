#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Four crashes of one machine, each of another kind, keep 3: every dump opens, no debris."""

from lib import cycles
from lib.scenario import main

LONG = True

main(lambda: cycles.session(4, keep=3))
