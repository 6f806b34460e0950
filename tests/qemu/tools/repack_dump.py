# SPDX-License-Identifier: MIT
"""repack_dump.py lzo|snappy LIBRARY SRC DST: a kdump file with pages packed by zlib, or stored,
becomes one with pages packed by that library, as a QEMU that was built with it writes it."""

import ctypes
import struct
import sys
import zlib

DESC = struct.Struct("<QIIQ")


def packer(codec, library, block):
    """A function: page -> bytes that it is packed to."""
    lib, n = ctypes.CDLL(library), ctypes.c_size_t()
    out, work = ctypes.create_string_buffer(2 * block), ctypes.create_string_buffer(1 << 17)

    def pack(page):
        n.value = len(out)
        words = (page, ctypes.c_size_t(len(page)), out, ctypes.byref(n))
        bad = lib.lzo1x_1_compress(*words, work) if codec == "lzo" else \
            lib.snappy_compress(*words)
        if bad:
            sys.exit(f"{library}: {bad}")
        return out.raw[:n.value]

    return pack


def main(codec, library, src, dst):
    """Same headers and bitmaps; other descriptors and page data."""
    flag = {"lzo": 2, "snappy": 4}[codec]
    with open(src, "rb") as f:
        data = f.read()
    block, sub, bitmaps = struct.unpack_from("<iiI", data, 428)
    at = (1 + sub + bitmaps) * block
    bits = data[at - bitmaps // 2 * block:at]
    pages = sum(byte.bit_count() for byte in bits)
    pack = packer(codec, library, block)
    head, packed, placed = bytearray(data[:at]), bytearray(), {}
    base, descs = at + pages * DESC.size, bytearray()
    for i in range(pages):
        off, size, flags, _ = DESC.unpack_from(data, at + i * DESC.size)
        if off not in placed:
            page = data[off:off + size]
            page = zlib.decompress(page) if flags == 1 else page
            small = pack(page)
            stored = len(small) >= block
            placed[off] = base + len(packed), block if stored else len(small), \
                0 if stored else flag, 0
            packed += page if stored else small
        descs += DESC.pack(*placed[off])
    struct.pack_into("<I", head, 424, flag)
    with open(dst, "wb") as f:
        f.write(head + descs + packed)


main(*sys.argv[1:])
