# SPDX-License-Identifier: MIT
"""Dumps of a machine that goes on running while it is dumped.

The guest is the benchmark's (tests/bench/guest_live.c): it makes one dump after the other of
its own /proc/kcore while processes take memory and give it back, and hands each over on a disk.
Every tenth is made by one thread alone; the others are compared with those."""

import json
import os
import pathlib
import struct
import sys
import tempfile

from . import disk, fetch, guest, readers
from .paths import TOP
from .scenario import check, debug_symbols

sys.path.insert(0, str(TOP / "tests/bench"))

import core as bench

SLOT = 64 << 20                 # of the disk, for one dump
PAGE = 4096
# what a kernel changes in its own text while it runs: jump labels, static calls
PATCHED = 64                    # bytes of a page
# and as it starts, against the image: alternatives, returns, ftrace's call sites; in a page of static calls
# (__static_call_text_start) five bytes of each eight
PATCHED_AT_BOOT = PAGE * 3 // 4
LOAD = {"load": 1, "content_mib": 64, "tmpfs_mib": 96, "anon_mib": 60, "small_mib": 40,
        "huge_mib": 16, "trees": 2, "pipes": 50}


class Guest:
    """One guest that dumps itself count times, and what the readers make of that."""

    def __init__(self, suite, cpus, count, mem_mib=1024):
        self.kernel = fetch.kernel(suite, debug=debug_symbols())
        self.count = count
        self.settings = {
            **LOAD, "suite": suite, "cpus": cpus, "churn": cpus, "live": count,
            "mem_mib": mem_mib, "crashkernel": "0", "append": "nokaslr",
            "cpu": "max,la57=off", "limit_s": 300 + 120 * count}
        self.code = None            # of the kernel: physical address, length
        self.text = None            # of the first dump
        self.alone = []             # page counts of the one-thread dumps
        self.others = []            # (number, pages, doubt, milliseconds) of the others
        self.changed = 0            # text pages of which the kernel changed some bytes
        self.warned = 0
        self.opened = self.given_up = 0     # by crash and drgn; of these by crash

    def run(self, every=1):
        """All of it; crash and drgn open the first, the last and each every-th dump."""
        with tempfile.TemporaryDirectory(prefix="kdump-live-", dir=bench.fast(4 << 30)) as tmp:
            tmp = pathlib.Path(tmp)
            disk.blank(tmp / "headers", (self.count + 1) * SLOT)
            files = {"bin/kdump-dumper": guest.program("kdump-dumper").read_bytes()}
            seen = 0
            for text in bench.boot(self.settings, tmp, files=files):
                if text.startswith("code "):
                    first, last = (int(x, 16) for x in text.split()[1:])
                    self.code = first, (last + 1 - first) // PAGE * PAGE
                if text.startswith("live "):
                    self.dump(tmp, *text.split(" ", 6)[1:], every)
                    seen += 1
        check(seen == self.count + 1, f"{seen} dumps of {self.count + 1}")
        # how often depends on how long a dump takes
        check(self.given_up < self.opened, f"crash gave up at all of {self.opened} dumps")
        self.compare_counts()

    def dump(self, tmp, number, status, whole, size, took, answer, every):
        """One dump, as it was handed over."""
        number, size = int(number), int(size)
        check(status == "0", f"dump {number}: status {status}: {answer}")
        check(whole == "0", f"dump {number}: --verify: {whole}")
        said = json.loads(answer)
        pages = said["pages"]["kernel"]
        check(said["live"] is True, f"dump {number} does not say that the machine ran")
        check(not said["units_unfiltered"], f"dump {number}: {said['units_unfiltered']} "
              "pieces kept whole")
        check(not said["pages_lost"], f"dump {number}: {said['pages_lost']} pages lost")
        file = tmp / "dump"
        self.take_out(tmp, number, size, file)
        self.read(tmp, number, file, pages)
        if debug_symbols() and (number % every == 0 or number == self.count):
            self.open(file)
        self.warned += bool(said["warnings"])
        if said["threads"] == 1:
            self.alone.append((number, pages))
        else:
            self.others.append((number, pages, said["surplus"]["pages_doubt"], int(took)))

    @staticmethod
    def take_out(tmp, number, size, file):
        """From the disk, whose room for it is given back."""
        with open(tmp / "headers", "r+b") as image, open(file, "wb") as out:
            image.seek(number * SLOT)
            out.write(image.read(size))

    def read(self, tmp, number, file, pages):
        """Every text page is the kernel's, by libkdumpfile."""
        got = readers.text(file, *self.code, tmp / "text")
        check(got["pages"] == pages, f"dump {number}: libkdumpfile finds {got['pages']} pages "
              f"of {pages}")
        text = (tmp / "text").read_bytes()
        if self.text is None:
            self.text = text
            if self.kernel.vmlinux:
                self.compare_text(number, text, image_text(self.kernel.vmlinux, *self.code),
                                  PATCHED_AT_BOOT)
            self.changed = 0
        self.compare_text(number, text, self.text, PATCHED)

    def compare_text(self, number, text, other, most):
        """Page by page: at most this many bytes may differ."""
        check(len(text) == len(other), f"dump {number}: text of {len(text)} bytes")
        for at in range(0, len(text), PAGE):
            a, b = text[at:at + PAGE], other[at:at + PAGE]
            if a == b:
                continue
            differ = sum(x != y for x, y in zip(a, b))
            check(differ <= most, f"dump {number}: {differ} bytes of text page {at // PAGE} "
                  "are not the kernel's")
            self.changed += 1

    def open(self, file):
        """crash and drgn find the tasks. crash gives up where what it reads first contradicts itself,
        as a CPU's task that ended while the dump was made, which on this guest happens all the time;
        drgn does not."""
        ways = {"drgn": readers.drgn_live(self.kernel.vmlinux, file)["tasks"]}
        self.opened += 1
        try:
            ways["crash"] = readers.crash(self.kernel.vmlinux, file, live=True)["tasks"]
        except readers.ReaderError as err:
            print(f"crash gave up: {err}", flush=True)
            self.given_up += 1
        for name, tasks in ways.items():
            check(len(tasks) > 20, f"{name} finds {len(tasks)} tasks")
            check(tasks.get(1) == "init", f"{name}: task 1 is {tasks.get(1)}")

    def compare_counts(self):
        """Each within a tenth of those that one thread made, which differ among each other by a fifth
        as processes come and go."""
        low, high = min(x[1] for x in self.alone), max(x[1] for x in self.alone)
        for number, pages, *_ in self.others:
            check(low * 9 <= pages * 10 <= high * 11,
                  f"dump {number} has {pages} pages, the one-thread dumps {low} to {high}")

    def tell(self):
        """A line with the figures."""
        pages = [x[1] for x in self.others]
        doubt = [x[2] for x in self.others]
        took = sorted(x[3] for x in self.others)
        alone = [x[1] for x in self.alone]
        return (f"{self.kernel.release}, {self.settings['cpus']} CPUs: {len(pages)} dumps by "
                f"several threads, {min(pages)} to {max(pages)} pages, in doubt at most "
                f"{max(doubt)}, {took[len(took) // 2] / 1000:.1f} s each; {len(alone)} by one, "
                f"{min(alone)} to {max(alone)} pages; {self.warned} with warnings; crash "
                f"gave up at {self.given_up} of {self.opened}; "
                f"{self.changed} text pages changed by the kernel")


def many(cpus):
    """A hundred dumps, or as many as LIVE_DUMPS says, of the kernel that LIVE_SUITE names."""
    one = Guest(os.environ.get("LIVE_SUITE", "trixie"), cpus, int(os.environ.get("LIVE_DUMPS", "100")))
    one.run(every=5)
    print(one.tell(), flush=True)


def image_text(vmlinux, start, length):
    """Bytes of a physical range from the image's program headers."""
    with open(vmlinux, "rb") as file:
        head = file.read(64)
        off, = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        for i in range(count):
            file.seek(off + i * size)
            kind, _, at, _, pa, filesz, _, _ = struct.unpack("<IIQQQQQQ", file.read(56))
            if kind == 1 and pa <= start < pa + filesz:
                file.seek(at + start - pa)
                return file.read(min(length, pa + filesz - start)).ljust(length, b"\0")
    raise readers.ReaderError(f"{vmlinux}: has nothing at {start:#x}")
