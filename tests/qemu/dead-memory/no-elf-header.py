#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The header of the dead memory is none: no /proc/vmcore, one line says so, the machine reboots."""

from lib.fault import one
from lib.scenario import main


def harm(dead):
    dead.header[:4] = b"junk"


main(lambda: one(None, r"main: no /proc/vmcore",
                 dmesg="any", memory=harm))
