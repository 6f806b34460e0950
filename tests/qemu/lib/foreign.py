# SPDX-License-Identifier: MIT
"""Kernels of other architectures: a guest that panics under TCG, QEMU's dump of
it, and what kdump-dumper makes of that on this machine."""

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import tempfile
import time

from . import cpio, fetch, paths, qemu, qemudump, tools
from .verify import check

INIT = """#!/bin/busybox sh
b() { /bin/busybox "$@"; }
b mkdir -p /proc /t
b mount -t proc none /proc; b mount -t tmpfs none /t
b dd if=/dev/urandom of=/t/random bs=1M count=8 2>/dev/null
b yes "one line of text in a file in memory" | b head -c 16000000 >/t/text
b dd if=/dev/urandom of=/t/gone bs=1M count=8 2>/dev/null; b rm /t/gone
for i in 1 2 3; do b sleep 10000 & done
echo "foreign: up $(b uname -r)"
echo m >/proc/sysrq-trigger
echo c >/proc/sysrq-trigger
"""


@dataclasses.dataclass(frozen=True)
class Machine:
    """What is to be started. uname: as uname -m has it; arch: as Debian calls it."""
    uname: str
    arch: str
    package: str                # of QEMU
    args: tuple
    console: str
    ram: int                    # where it begins
    rom: int = 0                # pages in QEMU's dump that no kernel knows as memory


MACHINES = {
    "aarch64": Machine("aarch64", "arm64", "qemu-system-arm",
                       ("-machine", "virt,gic-version=3"), "ttyAMA0", 0x40000000),
    "riscv64": Machine("riscv64", "riscv64", "qemu-system-riscv",
                       ("-machine", "virt"), "ttyS0", 0x80000000, rom=15),
}


@dataclasses.dataclass(frozen=True)
class Guest:
    """One row of a scenario. page: bytes of its pages; bits: of its addresses, for the report."""
    machine: str
    suite: str
    kernel: str                 # metapackage
    cpu: str
    page: int = 4096
    bits: str = ""
    mem: int = 512              # MiB


GUESTS = {
    "aarch64": (
        Guest("aarch64", "trixie", "linux-image-cloud-arm64", "cortex-a57", bits="48 of 52"),
        Guest("aarch64", "trixie", "linux-image-cloud-arm64", "max,pauth-impdef=on", bits="52 (LPA2)"),
        Guest("aarch64", "trixie", "linux-image-arm64-16k", "max,pauth-impdef=on", page=16384,
              bits="52 (LPA2)", mem=768),
        Guest("aarch64", "bookworm", "linux-image-cloud-arm64", "cortex-a57", bits="48"),
        Guest("aarch64", "sid", "linux-image-cloud-arm64", "max,pauth-impdef=on", bits="52 (LPA2)"),
    ),
    "riscv64": (
        Guest("riscv64", "trixie", "linux-image-riscv64", "rv64,sv57=off,sv48=off", bits="39"),
        Guest("riscv64", "trixie", "linux-image-riscv64", "rv64", bits="57"),
        Guest("riscv64", "sid", "linux-image-riscv64", "rv64,sv57=off", bits="48", mem=768),
    ),
}


def _image(machine):
    busybox = fetch.single("busybox-static", "usr/bin/busybox", "trixie", machine.arch)
    image = cpio.Cpio()
    image.file("bin/busybox", pathlib.Path(busybox).read_bytes(), 0o755)
    image.node("dev/console", 5, 1)
    image.node("dev/urandom", 1, 9)
    image.file("init", INIT, 0o755)
    return image.bytes()


@contextlib.contextmanager
def crashed(guest):
    """(QEMU's ELF dump, the RAM file, release, seconds) of a guest that panicked."""
    machine = MACHINES[guest.machine]
    release, image = fetch.foreign(guest.suite, guest.kernel, machine.arch)
    fetch.tools(machine.package)
    with tempfile.TemporaryDirectory(dir=paths.cache("bench")) as work:
        work = pathlib.Path(work)
        (work / "initrd").write_bytes(_image(machine))
        args = [*machine.args, "-machine", "memory-backend=ram", "-cpu", guest.cpu, "-smp", 2,
                "-m", f"{guest.mem}M", "-object",
                f"memory-backend-file,id=ram,share=on,size={guest.mem}M,mem-path={work}/ram",
                "-accel", "tcg", "-nodefaults", "-display", "none",
                "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
                "-kernel", image, "-initrd", work / "initrd", "-append",
                f"console={machine.console} panic=0 sysrq_always_enabled"]
        with qemu.Machine(args, work / "console.log",
                          program=f"qemu-system-{machine.uname}") as running:
            check(any("end Kernel panic" in text for _, text in running.follow(240, 120)),
                  f"the guest did not panic: {running.last()}")
            running.qmp("stop")
            at = running.lines[-1][0]
            qemudump.dump(running, work / "core", ("elf", False))
            lines = [text for _, text in running.lines]
            running.end()
        yield work, release, lines, at


def _json(text):
    return json.loads(text[text.index("{"):])


def _look(core, guest, release, lines):
    """--info and the log, against the console."""
    info = _json(qemudump.command("--info", "--json", core)[0])
    check(info["release"] == release and info["machine"] == guest.machine,
          f"--info: {info['release']}, {info['machine']}")
    check(info["page_bytes"] == guest.page, f"--info: pages of {info['page_bytes']} bytes")
    check(info["missing"] is None, f"--info: {info['missing']}")
    check("sysrq triggered crash" in (info["panic"] or ""), f"--info: panic {info['panic']!r}")
    log = set(qemudump.command("--dump-dmesg", core)[0].splitlines())
    told = [line for line in lines if line.startswith("[") and "] " in line]
    there = sum(line in log for line in told)
    # firmware and kernel write to one console: a line may be broken
    check(len(told) > 100 and there >= len(told) * 95 // 100,
          f"--dump-dmesg: {there} of {len(told)} lines of the console are in it")
    return info


def _dump(work, guest, level, *more):
    """One dump; what --json says of it."""
    rom = MACHINES[guest.machine].rom
    out, _ = qemudump.command("-f", "-z", "-d", level, *more, "--json", work / "core", work / "dump")
    said = _json(out)
    check(said["pages_lost"] == 0, f"level {level}: {said['pages_lost']} pages lost")
    expected = [f"1 units of memory ({rom} pages) kept whole: their struct pages cannot be read"]
    check(said["warnings"] == (expected if rom else []), f"level {level}: {said['warnings']}")
    check("whole" in qemudump.command("--verify", work / "dump")[1], f"level {level}: --verify")
    return said


def _same_as_ram(work, guest, said, level):
    """libkdumpfile reads each page that is there, and it is the RAM's."""
    ram = tools.run("python3", paths.QEMU_DIR / "readers/kdumpfile_ram.py", work / "dump",
                    work / "ram", hex(MACHINES[guest.machine].ram), timeout=300)
    check("differ" not in ram, f"level {level}: {ram.strip()}")
    kept = said["pages"]["kernel"] - MACHINES[guest.machine].rom
    check(f"{kept} pages are" in ram, f"level {level}: {kept} pages were kept: {ram.strip()}")


def _free_as_counted(free, lines):
    """What sysrq-m told just before the crash: VMCOREINFO has no counter of these kernels, which have node_data and do
    not export it."""
    told = [int(m[1]) for m in (re.search(r"\bfree:(\d+) free_pcp:", line) for line in lines) if m]
    check(told, "the console has no count of free pages")
    check(abs(free - told[-1]) <= max(512, told[-1] // 50),
          f"the kernel counts {told[-1]} free pages, {free} were excluded")


def look(guest):
    """All of one guest; prints a line."""
    begin = time.monotonic()
    with crashed(guest) as (work, release, lines, at):
        info = _look(work / "core", guest, release, lines)
        sizes = []
        for level in (0, 1, 16, 31):
            said = _dump(work, guest, level)
            _same_as_ram(work, guest, said, level)
            sizes.append(f"{level}: {(work / 'dump').stat().st_size / 1e6:.1f} MB")
        _free_as_counted(said["pages"]["free"], lines)
        again = _json(qemudump.command("--info", "--json", work / "dump")[0])
        check(again["panic"] == info["panic"] and again["machine"] == guest.machine,
              f"--info of the dump: {again}")
        said = _dump(work, guest, 31, "--exclude", "struct-pages")
        check(said["pages"]["struct_pages"] > 0, "no struct page was excluded")
        _same_as_ram(work, guest, said, "31, no struct pages")
        sizes.append(f"without struct pages {(work / 'dump').stat().st_size / 1e6:.1f} MB")
    print(f"  ok: {release}, {guest.cpu.split(',')[0]}, pages of {guest.page}, addresses of "
          f"{guest.bits} bits: panic after {at:.0f} s, {', '.join(sizes)}; "
          f"{time.monotonic() - begin:.0f} s", flush=True)


def story(guests):
    """These rows, or those of them that ARCH_ROWS numbers (from 0)."""
    rows = os.environ.get("ARCH_ROWS")
    for guest in [guests[int(n)] for n in rows.split()] if rows else guests:
        look(guest)
