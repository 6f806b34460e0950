#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""At levels 0, 1, 16, 17 and 31 the dump's pages are makedumpfile's: 6.1, 6.12, 7.2.

Loaded guests (page cache, tmpfs, anonymous and huge memory, processes, pipes, a
broken page; one with plugged-in memory, one swapping to zram) crash with their
RAM in a file. makedumpfile and kdump-dumper filter the same core; kdump-compare
looks at every page and its bytes. Ours may keep more where it can say why, and
never less. The last one's dump is written in every format, and every reader
opens each. matrix-bookworm, matrix-trixie and matrix-sid do the same for many more machines."""

from lib import matrix
from lib.scenario import main

# paging of the CPU: 4 or 5 levels
KERNELS = {
    "bookworm": matrix.settings("bookworm", 4),
    "trixie": matrix.settings("trixie", 5, extras=("hotplug",)),
    "sid": matrix.settings("sid", 5, extras=("zram",)),
}


def story():
    for suite, wanted in KERNELS.items():
        with matrix.made(wanted) as (core, kernel, folder):
            for line in matrix.filtered(core, folder):
                print(f"{suite} {line}", flush=True)
            if suite == "sid":
                for line in matrix.formats(core, kernel, folder, brief=True):
                    print(line, flush=True)


main(story)
