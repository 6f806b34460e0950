#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""VMCOREINFO is random bytes: nothing is understood, the memory is saved whole."""

from lib.dead import random_bytes
from lib.fault import one
from lib.scenario import main

LONG = True


def harm(dead):
    begin, end = dead.note_place()
    dead.put(begin, random_bytes(end - begin))


main(lambda: one("fallback", r"not understood|pages cannot be told apart|no readable log",
                 dmesg="any", memory=harm))
