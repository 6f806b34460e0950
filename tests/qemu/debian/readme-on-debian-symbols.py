#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The README's steps on a Debian 13, and crash and drgn open the dump.

As readme-on-debian, but armed at boot, and with the standard kernel's debug symbols: 1 GB to fetch."""

from lib import debian_guest
from lib.scenario import main

LONG = True

main(lambda: debian_guest.readme(reboot=True, debug=True))
