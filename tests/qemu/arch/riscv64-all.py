#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""As riscv64, on each kernel, page size and size of addresses that Debian and QEMU have.

ARCH_ROWS="1 3" takes these rows of lib/foreign.py."""

from lib import foreign
from lib.scenario import main

LONG = True


def story():
    foreign.story(foreign.GUESTS["riscv64"])


main(story)
