# SPDX-License-Identifier: MIT
"""What the scripts here that use libkdumpfile have in common."""

import kdumpfile


def present(ctx):
    """Numbers of the pages that are in the dump, from its own bitmap."""
    bitmap, pfn = ctx.attr["file.pagemap"], 0
    while True:
        try:
            pfn = bitmap.find_set(pfn)
        except (kdumpfile.NoDataError, IndexError):
            return
        yield pfn
        pfn += 1
