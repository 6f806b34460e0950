#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64: a crash kernel of our own on a server with ACPI and NVMe, and on a board with a device tree and MMC."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(lambda: archcircle.capture_kernel_devices("aarch64"))
