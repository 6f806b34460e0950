#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""At levels 0, 1, 16, 17 and 31 the dump's pages are makedumpfile's: 7.2.

A loaded guest (page cache, tmpfs, anonymous and huge memory, processes, pipes, a
broken page, swap on zram) crashes with its RAM in a file. makedumpfile and
kdump-dumper filter the same core; kdump-compare looks at every page and its
bytes. Ours may keep more where it can say why, and never less. The dump is
written in every format, and every reader opens each. pages-earlier-kernels does
the same for 6.1 and 6.12, matrix-bookworm, matrix-trixie and matrix-sid for many
more machines."""

from lib import matrix
from lib.scenario import main


def story():
    # five levels of paging
    with matrix.made(matrix.settings("sid", 5, extras=("zram",))) as (core, kernel, folder):
        for line in matrix.filtered(core, folder):
            print(line, flush=True)
        for line in matrix.formats(core, kernel, folder, brief=True):
            print(line, flush=True)


main(story)
