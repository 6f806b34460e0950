#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A dump cut at 200 random bytes is one that crash opens after --recover, or one line says why not.

Runs only when named. Without symbols (NO_DEBUG=1) libkdumpfile stands in for crash."""

from lib import matrix, truncate
from lib.scenario import main

LONG = True

CUTS = 200


def story():
    with matrix.made(matrix.settings("trixie") | truncate.LOAD) as (core, kernel, folder):
        for line in truncate.dump_and_cut(core, kernel, folder, (), CUTS, crash=True):
            print("  ok:", line, flush=True)


main(story)
