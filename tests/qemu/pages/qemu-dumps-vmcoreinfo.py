#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""QEMU's dumps of guests with the vmcoreinfo device and without: each format in each reader."""

from lib import qemudump
from lib.scenario import main

LONG = True


def story():
    for device in (True, False):
        for suite in ("trixie", "bookworm", "sid"):
            qemudump.story(device, suite, every_reader=True)


main(story)
