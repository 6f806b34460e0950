#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The README's steps, word by word, on a Debian 13 with systemd and its root on LVM.

The clone is a folder of the host with its programs built, so that `make` finds
nothing to compile. The machine is armed, crashes, and comes up with the dump
below /var/crash, armed again by its unit."""

from lib import debian_guest
from lib.scenario import main

LONG = True

main(debian_guest.readme)
