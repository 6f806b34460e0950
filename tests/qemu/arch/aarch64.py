#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A Debian kernel of aarch64 panics; its dump is filtered here, page by page as the RAM and the kernel's counters say."""

from lib import foreign
from lib.scenario import main

LONG = True


def story():
    foreign.story(foreign.GUESTS["aarch64"][:1])


main(story)
