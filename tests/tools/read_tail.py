#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""read_tail.py DUMP [PFN]: lists the pages of a kdump file, or writes one page to standard output.

A reader of the tail layout after docs/FORMATS.md: by_index() reads a finished file as crash does,
by_chunks() one that was cut. zstd pages need the program `zstd`."""

import re
import struct
import subprocess
import sys
import zlib

ZLIB, ZSTD = 0x01, 0x20
RUN_LONG, LOST, STORED, SAME, SHARED = 0xffff, 0x8000, 0x7fff, 0x7ff1, 0x7ff0


def by_index(dump):
    """(pfn, offset, size, flags) of each page, from the second bitmap and the descriptors."""
    block, sub, bitmaps = struct.unpack_from("<iiI", dump, 428)
    half = bitmaps // 2 * block
    bits = (1 + sub) * block + half
    desc = bits + half
    for pfn in range(half * 8):
        if dump[bits + pfn // 8] >> pfn % 8 & 1:
            yield pfn, *struct.unpack_from("<QII", dump, desc)
            desc += 24


def by_chunks(dump):
    """The same in the order of the file, from the chunks that are whole."""
    at = dump.find(b"KDUMPCHK")
    block = int(re.search(rb"PAGESIZE=(\d+)", dump[:at])[1])
    zero = None
    while dump[at:at + 8] == b"KDUMPCHK":
        kind, count, pfn, length, codec = struct.unpack_from("<IIQII", dump, at + 8)
        own = at + 48                               # of the next page that has bytes of its own
        at = own + length + 2 * count
        if at > len(dump):
            return
        if kind == 2:
            zero = own, length, codec if length != block else 0
        tokens = iter(struct.unpack_from(f"<{count}H", dump, own + length))
        for t in tokens:
            if t > LOST:
                pfn += wide(tokens) if t == RUN_LONG else t - LOST
                continue
            if t == SHARED:
                offset, size = wide(tokens), next(tokens)
                shared = offset, size or block, codec if size else 0
            if t in (SHARED, SAME):
                page = shared
            elif t in (0, LOST):
                page = zero if t == 0 else (0, block, 0)
            else:
                page = own, block if t == STORED else t, 0 if t == STORED else codec
                own += page[1]
            yield pfn, *page
            pfn += 1


def wide(tokens):
    """A number of 64 bits."""
    return sum(next(tokens) << 16 * i for i in range(4))


def content(dump, offset, size, flags):
    """The bytes of a page; None: it could not be read when the dump was made."""
    data = dump[offset:offset + size] if offset else None
    if flags == ZLIB:
        return zlib.decompress(data)
    if flags == ZSTD:
        return subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def main():
    with open(sys.argv[1], "rb") as f:
        dump = f.read()
    pages = by_index(dump) if dump[:8] == b"KDUMP   " else by_chunks(dump)
    for pfn, offset, size, flags in pages:
        if len(sys.argv) == 2:
            print(f"{pfn:#x} offset {offset:#x} size {size} flags {flags:#x}")
        elif pfn == int(sys.argv[2], 0):
            sys.stdout.buffer.write(content(dump, offset, size, flags) or b"")


if __name__ == "__main__":
    main()
