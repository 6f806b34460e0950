# SPDX-License-Identifier: MIT
"""Disks with a GPT: a file system's image becomes the second partition of one."""

import os
import struct
import uuid
import zlib

SECTOR = 512
ENTRIES, ENTRY = 128, 128
ALIGN = 1 << 20                 # of the partitions, and the size of the first
LINUX = uuid.UUID("0fc63daf-8483-4772-8e79-3d69d8477de4")
LVM = uuid.UUID("e6d6d379-f507-44c2-a23c-238f2a3df928")


def _entry(first, last, ident, name, kind):
    return (kind.bytes_le + ident.bytes_le + struct.pack("<QQQ", first, last, 0)
            + name.encode("utf-16-le").ljust(72, b"\0"))


def _header(own, other, last_usable, table_at, table, disk):
    head = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0,
                       own, other, 34, last_usable, disk.bytes_le,
                       table_at, ENTRIES, ENTRY, zlib.crc32(table))
    return head[:16] + struct.pack("<I", zlib.crc32(head)) + head[20:]


def copy_sparse(src, dst, at):
    """What a file holds, into another from `at` on; its holes stay holes."""
    pos = 0
    while True:
        try:
            pos = os.lseek(src, pos, os.SEEK_DATA)
        except OSError:         # ENXIO: only a hole is left
            return
        end = os.lseek(src, pos, os.SEEK_HOLE)
        while pos < end:
            data = os.pread(src, min(1 << 20, end - pos), pos)
            os.pwrite(dst, data, at + pos)
            pos += len(data)


def write(fd, total, parts):
    """A protective MBR and the two tables of a disk of total sectors, which the
    file has got; parts: (first sector, last, UUID, name, type UUID)."""
    disk = uuid.uuid4()
    table = b"".join(_entry(*p) for p in parts).ljust(ENTRIES * ENTRY, b"\0")
    mbr = bytearray(SECTOR)
    mbr[446:462] = struct.pack("<B3sB3sII", 0, b"\0\2\0", 0xee, b"\xff" * 3, 1,
                               min(total - 1, 0xffffffff))
    mbr[510:] = b"\x55\xaa"
    os.pwrite(fd, bytes(mbr) + _header(1, total - 1, total - 34, 2, table,
                                       disk).ljust(SECTOR, b"\0") + table, 0)
    os.pwrite(fd, table + _header(total - 1, 1, total - 34, total - 33,
                                  table, disk).ljust(SECTOR, b"\0"),
              (total - 33) * SECTOR)


def wrap(path, name="dumps"):
    """Turn the image at path into such a disk; returns the partition's UUID."""
    inner = f"{path}.part"
    os.rename(path, inner)
    size = os.path.getsize(inner)
    # QEMU's SD cards have no other sizes than powers of 2
    total = (1 << (size + 3 * ALIGN - 1).bit_length()) // SECTOR
    ident = uuid.uuid4()
    first = 2 * ALIGN // SECTOR
    with open(inner, "rb") as src, open(path, "wb") as dst:
        dst.truncate(total * SECTOR)
        write(dst.fileno(), total,
              [(ALIGN // SECTOR, first - 1, uuid.uuid4(), "before", LINUX),
               (first, first + size // SECTOR - 1, ident, name, LINUX)])
        copy_sparse(src.fileno(), dst.fileno(), 2 * ALIGN)
    os.unlink(inner)
    return str(ident)
