# SPDX-License-Identifier: MIT
"""QEMU's kdump files of aarch64: blocks of 64 KiB, whatever pages the guest's kernel has. What is made of each format is held
against what is made of the ELF core of the same stopped guest, and that against the guest's RAM, which is a file."""

import contextlib
import dataclasses
import json
import os
import pathlib
import struct
import tempfile
import time

from . import arch, fetch, paths, qemu, qemudump, readers, tools
from .verify import CRASH_FRAME, check

UNAME, BLOCK, RAM = "aarch64", 65536, 0x40000000
# QEMU's ELF core is the reference; the guest's own page tables are not looked at
FORMATS = {name: how for name, how in qemudump.FORMATS.items() if not how[1]}
CASES = {"0": ("-d", 0), "31": ("-d", 31), "31, no struct pages": ("-d", 31, "--exclude", "struct-pages")}
BUSY = """while :; do b dd if=/dev/urandom of=/t/again bs=1M count=4 2>/dev/null; done
"""


@dataclasses.dataclass(frozen=True)
class Guest:
    """kernel: as fetch.kernel() takes it; kib: of RAM; device: with vmcoreinfo; panics: else it is stopped at work."""
    kernel: str
    cpu: str
    page: int = 4096
    kib: int = 512 << 10
    device: bool = True
    panics: bool = True

    @property
    def behind(self):
        """Pages of zeros that QEMU fills the last block with where RAM ends inside it."""
        return (-(self.kib << 10) % BLOCK) // self.page


GUESTS = (
    Guest("trixie", "cortex-a57"),
    Guest("trixie", "cortex-a57", kib=525304),
    Guest("trixie", "max,pauth-impdef=on", device=False, panics=False),
    Guest("linux-image-arm64-16k/trixie", "max,pauth-impdef=on", page=16384, kib=768 << 10),
    Guest("linux-image-arm64-16k/trixie", "max,pauth-impdef=on", page=16384, kib=768 << 10, panics=False),
)


@contextlib.contextmanager
def _stopped(guest, kernel):
    """(the stopped machine, a folder with its RAM)."""
    of = arch.of(UNAME)
    with tempfile.TemporaryDirectory(dir=paths.cache("bench")) as work:
        work = pathlib.Path(work)
        init = qemudump.INIT if guest.panics else qemudump.INIT.replace("echo c >/proc/sysrq-trigger\n", BUSY)
        (work / "initrd").write_bytes(qemudump.image(kernel, of.busybox(), init))
        args = qemu.base_args("tcg", guest.cpu, f"{guest.kib}K", 2, of.machine)
        args += ["-machine", "memory-backend=ram", "-object",
                 f"memory-backend-file,id=ram,share=on,size={guest.kib}K,mem-path={work}/ram",
                 "-kernel", kernel.vmlinuz, "-initrd", work / "initrd", "-append",
                 f"console={of.console} panic=0 sysrq_always_enabled"]
        args += ["-device", "vmcoreinfo"] if guest.device else []
        with qemu.Machine(args, work / "console.log", program=of.qemu) as machine:
            last = "end Kernel panic" if guest.panics else "qemudump: up"
            check(any(last in text for _, text in machine.follow(*of.limits)), f"not {last!r}: {machine.last()}")
            seen = any("qemudump: with vmcoreinfo" in text for _, text in machine.lines)
            check(seen == guest.device, "the guest's driver does not see the vmcoreinfo device")
            time.sleep(0 if guest.panics else 2)
            machine.qmp("stop")
            yield machine, work


def _info(guest, kernel, file, behind=0):
    """What --info says of it, without the pages behind RAM."""
    out, err = qemudump.command("--info", "--json", file)
    info = json.loads(out[out.index("{"):])
    what = (info["release"], info["machine"], info["page_bytes"], info["ram_bytes"], info["missing"])
    check(what == (kernel.release, UNAME, guest.page, (guest.kib << 10) + behind * guest.page, None),
          f"--info: {what}")
    info["ram_bytes"] -= behind * guest.page
    for name in ("ram", "kernel"):
        info["pages"][name] -= behind
    panic = "Kernel panic - not syncing: sysrq triggered crash" if guest.panics else None
    check(info["panic"] == panic, f"--info: panic {info['panic']!r}")
    check(("it was found in memory" in err) != guest.device, f"--info: VMCOREINFO: {err}")
    return info


def _log(file, lines):
    """The log, in which the console's lines are."""
    log = qemudump.command("--dump-dmesg", file)[0]
    told = [line for line in lines if line.startswith("[") and "] " in line]
    there = sum(line in log for line in told)
    check(len(told) > 100 and there >= len(told) * 95 // 100,
          f"--dump-dmesg: {there} of {len(told)} lines of the console are in it")
    return log


def _as_ram(file, work, pages):
    """libkdumpfile reads each page that is there, and it is the RAM's."""
    said = tools.run("python3", paths.QEMU_DIR / "readers/kdumpfile_ram.py", file, work / "ram", hex(RAM), timeout=300)
    check(said.startswith(f"{pages} pages are") and "differ" not in said, f"{file.name}: {pages} pages: {said.strip()}")


def _made(file, work):
    """Each of CASES of this dump: {case: (file, pages kept)}."""
    made = {}
    for case, words in CASES.items():
        out = work / f"{file.name} {case}"
        said = json.loads(qemudump.command("-f", "-z", *words, "--json", file, out)[0])
        check(said["pages_lost"] == 0 and not said["warnings"], f"{out.name}: {said}")
        made[case] = out, said["pages"]["kernel"]
    return made


def _tasks(guest, kernel, file):
    """What drgn sees in it."""
    if guest.panics:
        got = readers.drgn(kernel.vmlinux, file)
        check(CRASH_FRAME in got["trace"], f"drgn: {file.name}: the stack is {got['trace']}")
    else:
        got = readers.drgn_live(kernel.vmlinux, file)
    return got["release"], got["tasks"]


def _in_blocks(guest, file):
    """All of the machine's blocks are in the file, and nothing is wrong with it."""
    blocks = -(-(guest.kib << 10) // BLOCK)
    said = qemudump.command("--verify", file)[1]
    check("whole" in said and f"{blocks} of {blocks} pages" in said, f"--verify: {said}")
    with open(file, "rb") as f:
        head = f.read(4096)
    if head.startswith(b"KDUMP   "):
        block, = struct.unpack_from("<i", head, 428)
        check(block == BLOCK, f"{file.name}: blocks of {block} bytes")


def _dumps(machine, work):
    """{name: file}, the ELF core first; what this QEMU does not write is packed by the codecs' libraries."""
    files = {}
    for name, how in qemudump.known(machine, FORMATS).items():
        files[name] = work / name
        qemudump.dump(machine, files[name], how)
    return files


def look(guest):
    """All formats of one guest; prints a line for each."""
    begin, of = time.monotonic(), arch.of(UNAME)
    kernel = fetch.kernel(guest.kernel, debug=bool(os.environ.get("ARCH_DEBUG")), arch=of.debian, meta=of.kernel)
    with _stopped(guest, kernel) as (machine, work):
        files = _dumps(machine, work)
        lines = [text for _, text in machine.lines]
        machine.end()
        os.truncate(work / "ram", -(-(guest.kib << 10) // BLOCK) * BLOCK)
        files |= qemudump.repacked(work)
        core = files.pop("elf")
        info, log, first = _info(guest, kernel, core), _log(core, lines), _made(core, work)
        for file, pages in first.values():
            _as_ram(file, work, pages)
        if guest.device:
            _as_ram(core, work, (guest.kib << 10) // guest.page)
        tasks = kernel.vmlinux and _tasks(guest, kernel, core if guest.device else first["31"][0])
        print(f"  ok: {kernel.release}, {guest.cpu.split(',')[0]}, {guest.kib} KiB, pages of {guest.page}, device "
              f"{guest.device}, "
              f"{'after a panic' if guest.panics else 'at work'}: ELF {core.stat().st_size / 1e6:.1f} MB, "
              f"{', '.join(f'{case}: {pages} pages' for case, (_, pages) in first.items())}", flush=True)
        for name, file in files.items():
            _in_blocks(guest, file)
            check(_info(guest, kernel, file, guest.behind) == info, f"{name}: --info is not what it is of the ELF core")
            check(_log(file, lines) == log, f"{name}: the log is not that of the ELF core")
            made = _made(file, work)
            for case, (out, pages) in made.items():
                qemudump.same(first[case][0], out, f"{name}, {case}", guest.behind)
                _as_ram(out, work, pages)
            said = "the same pages, which are the RAM's"
            if tasks:
                check(_tasks(guest, kernel, made["31"][0]) == tasks, f"{name}: drgn sees other tasks than in the ELF core")
                said += f", drgn {len(tasks[1])} tasks"
            print(f"  ok: {name}: {file.stat().st_size / 1e6:.1f} MB: {said}", flush=True)
    print(f"  {time.monotonic() - begin:.0f} s", flush=True)


def story():
    """All guests, or those that ARCH_ROWS numbers (from 0)."""
    rows = os.environ.get("ARCH_ROWS")
    for guest in [GUESTS[int(n)] for n in rows.split()] if rows else GUESTS:
        look(guest)
