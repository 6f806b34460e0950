#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The config is a folder: one line says so, the machine reboots."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one(None, r"config: ", dmesg=False,
                 overlay={"etc/kdump.conf/x": (b"", 0o600)}))
