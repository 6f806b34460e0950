#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A dump cut at 20 random bytes becomes one that libkdumpfile opens, or one line says why not.

Each piece is given to --recover. What comes out is verified, has no page that the whole
dump has not, and is read by libkdumpfile. truncated-dump-crash does it 200 times, with crash."""

from lib import matrix, truncate
from lib.scenario import main

LONG = True


def story():
    wanted = matrix.settings("trixie") | truncate.LOAD
    with matrix.made(wanted, debug=False) as (core, kernel, folder):
        for line in truncate.dump_and_cut(core, kernel, folder, (), 20):
            print("  ok:", line, flush=True)


main(story)
