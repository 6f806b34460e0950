# SPDX-License-Identifier: MIT
"""A core of a machine with many TiB, made without one.

Every 64 GiB of its memory are the same: one PT_LOAD each, all with the same
bytes of one sparse file, and one page table that leads all struct pages of such
a piece to three 2 MiB pages of them. So the filter walks every frame of the
machine and keeps as much of it as is usual, and the file stays small. Layout
and names are those of Linux 6.12."""

import struct

MIB, GIB = 1 << 20, 1 << 30
ROOM = MIB                      # headers and notes
PIECE = 64 * GIB                # what repeats
SECTION = 128 * MIB
FRAMES = SECTION >> 12          # of a section
MIXED_EVERY = 8                 # sections; all others but the first are free

KERNEL_MAP = 0xffffffff80000000
VMEMMAP = 0xffffea0000000000
DIRECT = 0xffff888000000000

# physical addresses of what the dumper reads
KERNEL = 16 * MIB
PGD, TEXT_PUD, TEXT_PMD, MEMMAP_PUD, MEMMAP_PMD = (KERNEL + i * 4096 for i in range(5))
UTS, ROOTS, SECTIONS = KERNEL + 0x8000, KERNEL + 0x10000, KERNEL + 0x18000
MAP_FREE, MAP_MIXED, MAP_LOW = (KERNEL + i * 2 * MIB for i in (8, 9, 10))
LOW_KEPT = (4096, 10240)        # frames of the first section: the kernel's

BUDDY, NO_TYPE = 0xf0000000, 0xffffffff
LRU = 1 << 5

VMCOREINFO = f"""OSRELEASE=6.12.0-huge
PAGESIZE=4096
SYMBOL(init_uts_ns)={KERNEL_MAP + UTS:x}
OFFSET(uts_namespace.name)=0
SYMBOL(mem_section)={KERNEL_MAP + ROOTS:x}
LENGTH(mem_section)=2048
SIZE(mem_section)=16
OFFSET(mem_section.section_mem_map)=0
NUMBER(SECTION_SIZE_BITS)=27
NUMBER(MAX_PHYSMEM_BITS)=46
SYMBOL(vmemmap)={VMEMMAP:x}
SIZE(page)=64
OFFSET(page.flags)=0
OFFSET(page.compound_head)=8
OFFSET(page.lru)=8
OFFSET(page.mapping)=24
OFFSET(page.private)=40
OFFSET(page._mapcount)=48
OFFSET(page._refcount)=52
OFFSET(list_head.next)=0
OFFSET(list_head.prev)=8
SIZE(list_head)=16
SIZE(free_area)=88
SIZE(nodemask_t)=128
OFFSET(free_area.free_list)=0
LENGTH(free_area.free_list)=5
LENGTH(zone.free_area)=11
NUMBER(NR_FREE_PAGES)=0
NUMBER(PG_lru)=5
NUMBER(PG_private)=14
NUMBER(PG_swapcache)=10
NUMBER(PG_swapbacked)=17
NUMBER(PG_head_mask)=64
NUMBER(PG_hwpoison)=20
NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376
NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456
NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-201326592
NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-251658240
SYMBOL(init_top_pgt)={KERNEL_MAP + PGD:x}
SYMBOL(swapper_pg_dir)={KERNEL_MAP + PGD:x}
SYMBOL(_stext)={KERNEL_MAP + KERNEL:x}
NUMBER(phys_base)=0
NUMBER(pgtable_l5_enabled)=0
NUMBER(KERNEL_IMAGE_SIZE)=1073741824
NUMBER(sme_mask)=0
KERNELOFFSET=0
CRASHTIME=1795444294
"""


def page(flags=0, mapping=0, private=0, kind=NO_TYPE, count=1):
    """A struct page."""
    return struct.pack("<QQQQQQII", flags, 0, 0, mapping, 0, private, kind, count) + bytes(8)


KEPT = page()
USER = page(LRU, DIRECT + 1, 0, 0)
IDLE = page(count=0)            # in a free block, behind its first


def free(order):
    """A free block's struct pages."""
    return page(private=order, kind=BUDDY, count=0) + IDLE * ((1 << order) - 1)


def struct_pages():
    """{physical address: the struct pages of a section}."""
    first, end = LOW_KEPT
    low = USER * first + KEPT * (end - first) + free(10) * ((FRAMES - end) >> 10)
    mixed = (KEPT + USER) * 128 + KEPT * 128 + free(7) + free(9) + free(10) * 31
    return {MAP_FREE: free(10) * 32, MAP_MIXED: mixed, MAP_LOW: low}


def words(*values):
    """Little-endian 64-bit words."""
    return struct.pack(f"<{len(values)}Q", *values)


def tables(pieces):
    """{physical address: bytes} of page tables and of mem_section."""
    large = 0x1e3               # present, writable, accessed, dirty, 2 MiB, global
    memmap = [MAP_MIXED if i % MIXED_EVERY == 5 else MAP_FREE
              for i in range(PIECE // SECTION)]
    memmap[0] = MAP_LOW
    roots = -(-pieces * (PIECE // SECTION) // 256)
    return {
        PGD + (VMEMMAP >> 39 & 511) * 8: words(MEMMAP_PUD | 0x67),
        PGD + 511 * 8: words(TEXT_PUD | 0x67),
        TEXT_PUD + 510 * 8: words(TEXT_PMD | 0x67),
        TEXT_PMD + (KERNEL >> 21) * 8: words(*(KERNEL + i * 2 * MIB | large for i in range(8))),
        MEMMAP_PUD: words(*[MEMMAP_PMD | 0x67] * pieces),
        MEMMAP_PMD: words(*(pa | large for pa in memmap)),
        ROOTS: words(*[KERNEL_MAP + SECTIONS] * roots),
        SECTIONS: words(VMEMMAP | 0xf, DIRECT) * 256,
        UTS: b"".join(s.ljust(65, b"\0") for s in
                      (b"Linux", b"huge", b"6.12.0-huge", b"#1 SMP", b"x86_64", b"(none)")),
    }


def note(name, kind, desc):
    """An ELF note."""
    def pad(b):
        return b + bytes(-len(b) % 4)
    return struct.pack("<III", len(name) + 1, len(desc), kind) + pad(name + b"\0") + pad(desc)


def headers(pieces):
    """The first ROOM bytes of the file."""
    notes = note(b"CORE", 1, bytes(336)) + note(b"VMCOREINFO", 0, VMCOREINFO.encode())
    loads = [(KERNEL_MAP + KERNEL, KERNEL, KERNEL, 16 * MIB)]
    loads += [(DIRECT + i * PIECE, i * PIECE, 0, PIECE) for i in range(pieces)]
    count = len(loads) + 1
    at = 64 + 56 * count
    out = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 4, 62, 1, 0, 64, 0, 0,
                      64, 56, count, 0, 0, 0)
    out += struct.pack("<IIQQQQQQ", 4, 0, at, 0, 0, len(notes), len(notes), 0)
    for va, pa, off, size in loads:
        out += struct.pack("<IIQQQQQQ", 1, 7, ROOM + off, va, pa, size, size, 0)
    return out + notes


def content(n):
    """A page as slab has them: records that differ a little."""
    return b"".join(struct.pack("<QQII", DIRECT + (n * 7919 + i) * 64, DIRECT + i * 4096, i, n)
                    + b"object-name-%08x" % (n ^ i) + bytes(16) for i in range(64))[:4096]


def make(core, tib=16):
    """Writes the core of a machine with this much memory."""
    pieces = (tib << 40) // PIECE
    with open(core, "wb") as f:
        def put(pa, data):
            f.seek(ROOM + pa)
            f.write(data)

        f.truncate(ROOM + PIECE)
        f.write(headers(pieces))
        # half of what is kept has content, the other half are zero pages
        for frame in range(LOW_KEPT[1] - 2048, LOW_KEPT[1], 2):
            put(frame << 12, content(frame))
        for section in range(5, PIECE // SECTION, MIXED_EVERY):
            for frame in range(0, 384, 2):
                put(section * SECTION + (frame << 12), content(section * 512 + frame))
        for part in (tables(pieces), struct_pages()):
            for pa, data in part.items():
                put(pa, data)
