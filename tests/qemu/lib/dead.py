# SPDX-License-Identifier: MIT
"""The memory of a kernel that really crashed, kept in the cache, and what can
be done to it before a capture kernel looks at it.

A guest of 256 MiB is crashed once; when its crash kernel starts, its RAM is
copied. A capture needs nothing else of the crash: lib/fault.py puts the copy
into the RAM of a machine that boots the capture kernel at once."""

import fcntl
import random
import re
import shutil
import struct

from . import crash, paths

MIB = 1 << 20
RAM_M = 256
KERNEL_VA = 0xffffffff80000000      # __START_KERNEL_map
SEARCH = b"CRASHTIME="              # in the note a digit follows, in the text it is made of a %
PAGE = 4096


class _Taken(Exception):
    """The memory is copied: the guest need not go on."""


def _take(folder):
    """An on_line callback that copies the RAM when the crash kernel says where
    its ELF header is, which is long before it reads what it points to."""
    def watch(run, _at, text):
        found = re.search(r"ommand line: .*elfcorehdr=(0x[0-9a-f]+)", text)
        if not found or "capture kernel" not in run.events:
            return
        run.machine.qmp("stop")
        shutil.copyfile(run.work / "ram", folder / "ram.new")
        (folder / "elfcorehdr").write_text(found[1])
        raise _Taken
    return watch


def _make(kernel, folder):
    options = crash.Options(
        kernel=kernel, mem=f"{RAM_M}M", cpu="Nehalem", crashkernel="96M",
        attach_disk=False, load=False, net=None, on_line=_take(folder),
        machine=("-machine", "memory-backend=ram", "-object",
                 f"memory-backend-file,id=ram,size={RAM_M}M,share=on,"
                 "mem-path={work}/ram"))
    with crash.Crash(options) as run:
        try:
            run.go()
        except _Taken:
            (folder / "ram.new").rename(folder / "ram")
            return
    raise crash.CrashError("fault: the guest did not crash")


def take(kernel):
    """The Dead of a kernel, crashed now if the cache has none."""
    folder = paths.cache("dead", kernel.release)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ram").exists():
            _make(kernel, folder)
    return Dead(folder)


class Dead:
    """A changeable copy of a dead kernel's memory; offsets are physical."""

    def __init__(self, folder):
        self.ram = bytearray((folder / "ram").read_bytes())
        self.at = int((folder / "elfcorehdr").read_text(), 16)
        head = struct.unpack_from("<16sHHIQQQIHHHHHH", self.ram, self.at)
        self.header = bytearray(self.ram[self.at:self.at + 64 + 56 * head[10]])
        text = self._note_text()
        self.info = dict(re.findall(r"^(\S+)=(.*)$", text, re.M))

    def note_place(self):
        """(begin, end) of VMCOREINFO's text; the kernel's format string, where
        its image lies lower, has no number."""
        at = re.search(SEARCH + rb"\d", self.ram).start()
        return self.ram.rindex(b"OSRELEASE=", 0, at), at + 32

    def _note_text(self):
        begin, end = self.note_place()
        return self.ram[begin:end].split(b"\0")[0].decode("ascii", "replace")

    def segments(self):
        """[(type, offset in the header's table, physical address, bytes)]"""
        for n in range((len(self.header) - 64) // 56):
            kind, _, _, _, pa, size = struct.unpack_from(
                "<IIQQQQ", self.header, 64 + 56 * n)
            yield kind, 64 + 56 * n, pa, size

    def moved(self, by):
        """The ELF header for this memory at another place."""
        head = bytearray(self.header)
        for _, at, _, _ in self.segments():
            offset, = struct.unpack_from("<Q", head, at + 8)
            struct.pack_into("<Q", head, at + 8, offset + by)
        return bytes(head)

    def ranges(self):
        """[(physical address, bytes)] of what a dump would hold."""
        return [(pa, size) for kind, _, pa, size in self.segments()
                if kind == 1 and pa + size <= len(self.ram)]

    def symbol(self, name):
        """The physical address of a symbol that VMCOREINFO gives."""
        return self.pa(int(self.info[f"SYMBOL({name})"], 16))

    def pa(self, va):
        """The physical address of a kernel address, by the dead page tables
        (4-level ones: the guest's CPU knows no others)."""
        if va >= KERNEL_VA:
            return va - KERNEL_VA + int(self.info["NUMBER(phys_base)"])
        entry = self.symbol("swapper_pg_dir")
        for shift in (39, 30, 21, 12):
            value = self.u64(entry + (va >> shift & 511) * 8)
            base = value & 0x000ffffffffff000
            if not value & 1:
                raise KeyError(f"{va:#x}: not mapped")
            if value & 0x80 and shift < 39:
                return base & -(1 << shift) | va & ((1 << shift) - 1)
            entry = base
        return base | va & (PAGE - 1)

    def u64(self, pa):
        """A word."""
        return struct.unpack_from("<Q", self.ram, pa)[0]

    def put(self, pa, data):
        """Overwrite."""
        self.ram[pa:pa + len(data)] = data


def random_bytes(size, seed=1):
    """The same ones in each run."""
    return random.Random(seed).randbytes(size)
