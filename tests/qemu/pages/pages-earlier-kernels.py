#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""At levels 0, 1, 16, 17 and 31 the dump's pages are makedumpfile's: 6.1 with four levels of paging, 6.12 with five
and plugged-in memory. pages-as-makedumpfile says how that is known."""

from lib import matrix
from lib.scenario import main

LONG = True

KERNELS = {
    "bookworm": matrix.settings("bookworm", 4),
    "trixie": matrix.settings("trixie", 5, extras=("hotplug",)),
}


def story():
    for suite, wanted in KERNELS.items():
        with matrix.made(wanted) as (core, _, folder):
            for line in matrix.filtered(core, folder):
                print(f"{suite} {line}", flush=True)


main(story)
