# SPDX-License-Identifier: MIT
"""kdumpfile_ram.py DUMP RAM [ADDRESS] - is each page of the dump the one in the RAM file, which begins at ADDRESS (0)
and has no gap? Pages below are another memory's."""

import sys

import kdumpfile

from pages import present


def main(dump, ram, address="0"):
    """Prints how many pages are the same and how many differ."""
    ctx = kdumpfile.Context()
    ctx.open(dump)
    size = ctx.attr["arch.page_size"]
    same, differ, begin = 0, [], int(address, 0)
    with open(ram, "rb") as f:
        for pfn in present(ctx):
            if pfn * size < begin:
                continue
            page = ctx.read(kdumpfile.MACHPHYSADDR, pfn * size, size)
            f.seek(pfn * size - begin)
            if f.read(size) == bytes(page):
                same += 1
            else:
                differ.append(pfn)
    print(f"{same} pages are the RAM's")
    if differ or not same:
        print(f"{len(differ)} differ, such as {[hex(p) for p in differ[:8]]}")


main(*sys.argv[1:])
