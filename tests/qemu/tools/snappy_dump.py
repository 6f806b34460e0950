# SPDX-License-Identifier: MIT
"""snappy_dump.py LIBSNAPPY SRC DST: a kdump file with pages packed by zlib, or stored, becomes one
with pages packed by snappy, as a QEMU with snappy writes it."""

import ctypes
import struct
import sys
import zlib

DESC = struct.Struct("<QIIQ")


def main(library, src, dst):
    """Same headers and bitmaps; other descriptors and page data."""
    snappy = ctypes.CDLL(library)
    with open(src, "rb") as f:
        data = f.read()
    block, sub, bitmaps = struct.unpack_from("<iiI", data, 428)
    at = (1 + sub + bitmaps) * block
    bits = data[at - bitmaps // 2 * block:at]
    pages = sum(byte.bit_count() for byte in bits)
    room = ctypes.create_string_buffer(2 * block)
    head, packed, placed = bytearray(data[:at]), bytearray(), {}
    base, descs = at + pages * DESC.size, bytearray()
    for i in range(pages):
        off, size, flags, _ = DESC.unpack_from(data, at + i * DESC.size)
        if off not in placed:
            page = data[off:off + size]
            page = zlib.decompress(page) if flags == 1 else page
            n = ctypes.c_size_t(len(room))
            if snappy.snappy_compress(page, ctypes.c_size_t(block), room, ctypes.byref(n)):
                sys.exit("libsnappy failed")
            small = n.value < block
            placed[off] = base + len(packed), n.value if small else block, 4 if small else 0, 0
            packed += room.raw[:n.value] if small else page
        descs += DESC.pack(*placed[off])
    struct.pack_into("<I", head, 424, 4)
    with open(dst, "wb") as f:
        f.write(head + descs + packed)


main(*sys.argv[1:])
