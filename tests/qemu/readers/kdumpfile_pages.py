# SPDX-License-Identifier: MIT
"""Read every page of a dump with libkdumpfile: one JSON line."""

import json
import sys

import kdumpfile

from pages import present


def main(path):
    """Print {format, release, vmcoreinfo, how many lines it has, pages, excluded, zero}."""
    ctx = kdumpfile.Context()
    ctx.open(path)
    ctx.attr["addrxlat.ostype"] = "linux"
    size = ctx.attr["arch.page_size"]
    pages = zero = 0
    blank = bytes(size)
    for pfn in present(ctx):
        data = ctx.read(kdumpfile.MACHPHYSADDR, pfn * size, size)
        pages += 1
        zero += bytes(data) == blank
    excluded = ctx.attr["max_pfn"] - pages
    info = ctx.vmcoreinfo_raw().decode()
    print(json.dumps({
        "format": str(ctx.attr["file.description"]),
        "release": str(ctx.attr["linux.uts.release"]),
        "vmcoreinfo": dict(line.split("=", 1) for line in info.splitlines() if "=" in line),
        "vmcoreinfo_lines": len(info.splitlines()),
        "pages": pages, "excluded": excluded, "zero": zero}))


main(*sys.argv[1:])
