#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A config cut in the middle of its first lines: the machine reboots."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one(None, r"config|names no target", dmesg=False,
                 overlay={"etc/kdump.conf": (b"path /crash\next", 0o600)}))
