# SPDX-License-Identifier: MIT
"""A file system's image becomes the logical volume of an LVM physical volume,
written as lvm2 would: label, metadata area, one volume group, one linear volume.
The host needs neither lvm2 nor device-mapper for that, nor root.

Formats: lib/format_text/layout.h and lib/label/label.h of lvm2."""

import os
import secrets
import string
import struct
import zlib

SECTOR = 512
LABEL_AT = SECTOR
AREA_AT, AREA_BYTES = 4096, (1 << 20) - 4096
TEXT_AT = 512                   # within the metadata area
DATA_AT = 1 << 20
EXTENT = 4 << 20
GROUPS = (6, 4, 4, 4, 4, 4, 6)  # how lvm2 prints a UUID
EXTENSION = struct.pack("<IIQQ", 2, 1, 0, 0)     # version, in use, no further area
MAGIC = b" LVM2 x[5A%r0N*>"


def _crc(data):
    """lvm2's CRC-32: a start value of its own, and not inverted at the end."""
    return zlib.crc32(data, 0xf597a6cf ^ 0xffffffff) ^ 0xffffffff


def _ident():
    text = "".join(secrets.choice(string.ascii_letters + string.digits)
                   for _ in range(sum(GROUPS)))
    at = [sum(GROUPS[:i]) for i in range(len(GROUPS) + 1)]
    return "-".join(text[a:b] for a, b in zip(at, at[1:]))


def _metadata(group, volume, pv, size, extents):
    return f"""\
{group} {{
id = "{_ident()}"
seqno = 1
format = "lvm2"
status = ["RESIZEABLE", "READ", "WRITE"]
flags = []
extent_size = {EXTENT // SECTOR}
max_lv = 0
max_pv = 0
metadata_copies = 0

physical_volumes {{
pv0 {{
id = "{pv}"
device = "/dev/vda2"
status = ["ALLOCATABLE"]
flags = []
dev_size = {size // SECTOR}
pe_start = {DATA_AT // SECTOR}
pe_count = {(size - DATA_AT) // EXTENT}
}}
}}

logical_volumes {{
{volume} {{
id = "{_ident()}"
status = ["READ", "WRITE", "VISIBLE"]
flags = []
creation_time = 0
creation_host = "{group}"
segment_count = 1
segment1 {{
start_extent = 0
extent_count = {extents}
type = "striped"
stripe_count = 1
stripes = [
"pv0", 0
]
}}
}}
}}
}}
contents = "Text Format Volume Group"
version = 1
description = ""
creation_host = "{group}"
creation_time = 0
""".encode() + b"\0"


def _label(pv, size):
    areas = struct.pack("<QQQQQQQQ", DATA_AT, 0, 0, 0, AREA_AT, AREA_BYTES, 0, 0)
    body = (struct.pack("<I8s", 32, b"LVM2 001") + pv.replace("-", "").encode()
            + struct.pack("<Q", size) + areas + EXTENSION).ljust(SECTOR - 20, b"\0")
    return struct.pack("<8sQI", b"LABELONE", LABEL_AT // SECTOR, _crc(body)) + body


def _area(text):
    head = (MAGIC + struct.pack("<IQQ", 1, AREA_AT, AREA_BYTES)
            + struct.pack("<QQII", TEXT_AT, len(text), _crc(text), 0))
    head = head.ljust(TEXT_AT - 4, b"\0")
    return struct.pack("<I", _crc(head)) + head + text


def needed(size):
    """The size of a physical volume for a logical one of size bytes."""
    return DATA_AT + -(-size // EXTENT) * EXTENT


def write(fd, at, size, group, volume):
    """Make size bytes from `at` on in the file the physical volume of a group
    with one logical volume, which has all extents; where its data begin."""
    pv = _ident()
    text = _metadata(group, volume, pv, size, (size - DATA_AT) // EXTENT)
    os.pwrite(fd, _label(pv, size), at + LABEL_AT)
    os.pwrite(fd, _area(text), at + AREA_AT)
    return at + DATA_AT
