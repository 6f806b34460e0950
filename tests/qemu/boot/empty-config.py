#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An empty config: one line says so, the log's end is on the console, the machine reboots."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one(None, r"names no target", dmesg=False,
                 overlay={"etc/kdump.conf": (b"", 0o600)}))
