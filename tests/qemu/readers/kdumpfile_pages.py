# SPDX-License-Identifier: MIT
"""Read every page of a dump with libkdumpfile: one JSON line."""

import json
import sys

import kdumpfile


def main(path):
    """Print {format, release, lines of vmcoreinfo, pages, excluded, zero}."""
    ctx = kdumpfile.Context()
    ctx.open(path)
    ctx.attr["addrxlat.ostype"] = "linux"
    size = ctx.attr["arch.page_size"]
    pages = excluded = zero = 0
    blank = bytes(size)
    for pfn in range(ctx.attr["max_pfn"]):
        try:
            data = ctx.read(kdumpfile.MACHPHYSADDR, pfn * size, size)
        except kdumpfile.NoDataError:
            excluded += 1
            continue
        pages += 1
        zero += bytes(data) == blank
    info = ctx.vmcoreinfo_raw()
    print(json.dumps({
        "format": str(ctx.attr["file.description"]),
        "release": str(ctx.attr["linux.uts.release"]),
        "vmcoreinfo_lines": len(info.splitlines()),
        "pages": pages, "excluded": excluded, "zero": zero}))


main(*sys.argv[1:])
