#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kdump-loader exec on 6.1, 6.12 and 7.2: by each call, in one step and in two, with a given memory map."""

from lib import execed
from lib.scenario import main

LONG = True


def story():
    for suite in ("bookworm", "trixie", "sid"):
        for words in ("-c", "-s"):
            print(" ", execed.check(suite, words), flush=True)
    print(" ", execed.check("bookworm", ""), flush=True)
    print(" ", execed.check("trixie", "-c --memory-map /proc/iomem"), flush=True)
    print(" ", execed.check("sid", "-c --load", then="kdump-loader exec", smp=4, mem="5G"), flush=True)


main(story)
