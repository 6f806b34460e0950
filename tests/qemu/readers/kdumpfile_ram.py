# SPDX-License-Identifier: MIT
"""kdumpfile_ram.py DUMP RAM - is each page of the dump the one in the RAM file, which begins at address 0 and has no gap?"""

import sys

import kdumpfile


def main(dump, ram):
    """Prints how many pages are the same and how many differ."""
    ctx = kdumpfile.Context()
    ctx.open_fd(open(dump, "rb").fileno()) if hasattr(ctx, "open_fd") else \
        ctx.open(open(dump, "rb"))
    size = ctx.attr["arch.page_size"]
    same = absent = 0
    differ = []
    with open(ram, "rb") as f:
        for pfn in range(ctx.attr["max_pfn"]):
            try:
                page = ctx.read(kdumpfile.MACHPHYSADDR, pfn * size, size)
            except kdumpfile.NoDataException:
                absent += 1
                continue
            f.seek(pfn * size)
            if f.read(size) == bytes(page):
                same += 1
            else:
                differ.append(pfn)
    print(f"{same} pages are the RAM's, {absent} not in the dump")
    if differ:
        print(f"{len(differ)} differ, such as {[hex(p) for p in differ[:8]]}")


main(*sys.argv[1:])
