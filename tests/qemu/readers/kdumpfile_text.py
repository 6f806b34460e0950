# SPDX-License-Identifier: MIT
"""Take a physical range out of a dump with libkdumpfile: one JSON line."""

import json
import sys

import kdumpfile

from pages import present


def main(path, start, length, out):
    """Print {pages: in the dump}; the bytes of the range go to out."""
    ctx = kdumpfile.Context()
    ctx.open(path)
    with open(out, "wb") as file:
        file.write(ctx.read(kdumpfile.MACHPHYSADDR, int(start), int(length)))
    print(json.dumps({"pages": sum(1 for _ in present(ctx))}))


main(*sys.argv[1:])
