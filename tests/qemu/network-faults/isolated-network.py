#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An address but no way out: one line says so, the disk gets the dump."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"target: |10\.0\.2\.2", net="user,restrict=on",
                 url="https://10.0.2.2:443", extra_conf="step_timeout 40\n"))
