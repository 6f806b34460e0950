# SPDX-License-Identifier: MIT
"""Whole circles on kernels of other architectures: armed, crashed, captured by kdump-init, rebooted, the dump opened
by independent readers. Each row has a machine of its own."""

import dataclasses
import gzip
import os
import pathlib
import struct
import subprocess
import tempfile
import time

from . import arch, crash, fetch, matrix, ownkernel, qemudump, smallest, ubi, verify
from .kexecload import on_cpu
from .scenario import check, crashed, expect

RSS_LIMIT_MIB = 16


@dataclasses.dataclass(frozen=True)
class Row:
    """suite: as fetch.kernel() takes it; bits: of the kernel's addresses, on this CPU; page: bytes
    of its pages; own: a kernel of ours from that suite's source, by its fragment; readers: more of
    them that open the dump; elf: drgn reads an ELF copy of it; more: fields of crash.Options."""
    suite: str
    bits: int
    cpu: str = None
    smp: int = 2
    crash_cpu: int = 0
    efi: bool = False
    page: int = 4096
    call: str = "kexec_load"
    own: object = None
    readers: tuple = ()
    elf: bool = False
    more: dict = dataclasses.field(default_factory=dict)


# beyond 4 GiB, and a part for devices that do not reach there
HIGH = {"mem": "5G", "crashkernel": "192M,high crashkernel=64M,low"}

ROWS = {
    "aarch64": (
        Row("trixie", 48),
        # the image made on the machine itself: what sysfs tells of a disk without PCI
        Row("trixie", 48, more={"mkinitrd": "guest", "bus": "virtio-mmio", "targets": ("vfat",)}),
        Row("trixie", 48, efi=True, smp=4, crash_cpu=3),
        Row("bookworm", 48, more={"crashkernel": "192M"}),
        Row("sid", 52, "max,pauth-impdef=on", more={"crashkernel": "192M"}),
        Row("linux-image-arm64-16k/trixie", 52, "max,pauth-impdef=on", smp=1, page=16384,
            more={"crashkernel": "256M", "mem": "2G"}),
        Row("trixie", 48, more=HIGH),
    ),
    "riscv64": (
        Row("trixie", 57),
        Row("trixie", 39, "rv64,sv57=off,sv48=off", more={"mkinitrd": "guest", "bus": "virtio-mmio"}),
        Row("sid", 48, "rv64,sv57=off", smp=4, crash_cpu=3),
        Row("trixie", 57, efi=True),
        Row("trixie", 57, more=HIGH),
    ),
}


def _of_ours(fragment, bits, cpu, crashkernel, page=4096):
    """A kernel from linux-source, with kexec_file_load; such a one says of a panic neither on which CPU it was nor, by
    itself, when."""
    return Row("trixie", bits, cpu, page=page, own=fragment, call="kexec_file_load", crash_cpu=None,
               more={"crashkernel": crashkernel, "production": "loglevel=7 printk.time=1"})


def _by_segments(row):
    """The same by kexec_load, though the kernel has the other call."""
    return dataclasses.replace(row, call="kexec_load", elf=True, more={**row.more, "loader": "-c"})


FILE_CALL = _of_ours(ownkernel.AARCH64_FLASH, 48, "cortex-a57", "64M")
# of a kernel with 64 KiB pages, built for 52 bits, on a CPU of 48 libkdumpfile, by which drgn reads all but ELF, takes the top
# table for another one than it is
PAGES_64K = (_of_ours(ownkernel.AARCH64_64K, 52, "max,pauth-impdef=on", "128M", 65536),
             dataclasses.replace(_of_ours(ownkernel.AARCH64_64K, 48, "cortex-a57", "128M", 65536), elf=True),
             # the running kernel's pages are those of the segments
             _by_segments(_of_ours(ownkernel.AARCH64_64K, 48, "cortex-a57", "128M", 65536)))
# crash under emulation takes a minute and more; of these kernels it knows this one
CRASH = Row("bookworm", 48, readers=("crash",), more={"crashkernel": "192M"})
# tables of three levels
SHORT_ADDRESSES = (_of_ours(ownkernel.AARCH64_39BIT, 39, "cortex-a57", "64M"),
                   _of_ours(ownkernel.AARCH64_16K, 47, "max,pauth-impdef=on", "96M", 16384))


def _kernel(of, row):
    if row.own:
        return ownkernel.production(row.suite, row.own, of.uname)
    debug = bool(row.readers or os.environ.get("ARCH_DEBUG"))
    return fetch.kernel(row.suite, debug=debug, arch=of.debian, meta=of.kernel)


def _addresses(run, row):
    """What VMCOREINFO in the dump says of the kernel's addresses and pages, as libkdumpfile reads it."""
    info = run.seen_by_libkdumpfile["vmcoreinfo"]
    size = info.get("NUMBER(TCR_EL1_T1SZ)")     # aarch64: of the CPU, where VA_BITS is what the kernel was built for
    bits = 64 - int(size, 0) if size else int(info["NUMBER(VA_BITS)"])
    check((bits, int(info["PAGESIZE"])) == (row.bits, row.page),
          f"addresses of {bits} bits, pages of {info['PAGESIZE']}, not of {row.bits} and {row.page}")
    built = f" (VA_BITS {info['NUMBER(VA_BITS)']})" if size else ""
    return f"addresses of {bits} bits{built}, pages of {row.page} bytes"


def _efi_words(of, row):
    return of.efi() if row.efi else ()


def _judge(run, row):
    """Armed by the call that the kernel has, on the CPU that was meant; the dump is whole."""
    segments = bool(run.console("armed: kernel .*, by kexec_load"))
    check(segments == (row.call == "kexec_load"), f"armed by kexec_load: {segments}")
    if row.elf:
        run.core_for_drgn = run.work / "vmcore.elf"
        qemudump.command("--convert", "--format", "elf", run.core, run.core_for_drgn)
    for line in verify.everything(run, (*row.readers, *run.arch.readers)):
        print("  ok:", line, flush=True)
    print("  ok:", _addresses(run, row), flush=True)
    check(row.crash_cpu is None or run.console(rf"CPU: {row.crash_cpu} "), f"the crash was not on CPU {row.crash_cpu}")
    # what the kernel that died has told; behind the panic the next ones speak
    log, told = verify.dmesg_lines(run), [t for _, t in run.machine.lines]
    # the console's level leaves it out
    tables = any("ACPI: RSDP" in line for line in log)
    check(tables == row.efi, f"ACPI: {tables}")
    panic = next(i for i, t in enumerate(told) if "Kernel panic - not syncing" in t)
    told = [t for t in told[:panic + 1] if t.startswith("[") and "] " in t]
    there = sum(t in log for t in told)
    check(there >= len(told) * 9 // 10 > 10, f"{there} of {len(told)} lines of the console are in dmesg.txt")


def _memory(run):
    """What the capture took: MiB reserved, left at the worst moment, and the dump's process at most."""
    capture, vmcore = run.report["capture"], run.report["vmcore"]
    reserved, total, least, peak = (n / 2**20 for n in (
        capture["ram_bytes"], capture["memory_bytes"], capture["least_available_bytes"], vmcore["peak_rss_bytes"]))
    check(0 < least < total < reserved, f"memory: {least} of {total} MiB left, of {reserved}")
    check(0 < peak <= RSS_LIMIT_MIB, f"the dump's process took {peak:.1f} MiB")
    return f"{least:.0f} of {reserved:.0f} MiB left, {reserved - least:.0f} taken, the dump's process {peak:.1f}"


def circle(uname, row):
    """One row."""
    of, begin = arch.of(uname), time.monotonic()
    kernel = _kernel(of, row)
    options = {"crash": on_cpu(row.crash_cpu or 0), "machine": _efi_words(of, row), "timeout": of.limits[0],
               "quiet": of.limits[1], **row.more}
    with crashed(kernel=kernel, arch=uname, cpu=row.cpu, smp=row.smp, **options) as run:
        _judge(run, row)
        print(f"  ok: {kernel.release}, {run.o.cpu.split(',')[0]}, {row.smp} CPUs, crashkernel="
              f"{run.o.crashkernel}, {'UEFI' if row.efi else 'device tree'}: "
              f"{time.monotonic() - begin:.0f} s; {_memory(run)}", flush=True)


def story(uname, numbers=None, rows=None):
    """These rows, or those that ARCH_ROWS numbers (from 0)."""
    rows, wanted = rows or ROWS[uname], os.environ.get("ARCH_ROWS")
    for n in [int(n) for n in wanted.split()] if wanted else numbers or range(len(rows)):
        circle(uname, rows[n])


def pages_as_makedumpfile():
    """Of one memory, captured whole, both keep the same pages at each level; ours may keep more where kdump-compare
    knows why, and never less. Not of riscv64: of a dump of 6.12 makedumpfile 1.7.8 takes 101,376 pages for free ones, some of
    which are in use, where the lists of free blocks have 150,834, as kdump-dumper says."""
    uname, begin = "aarch64", time.monotonic()
    of = arch.of(uname)
    kernel = fetch.kernel("bookworm", arch=of.debian, meta=of.kernel)
    root = fetch.closed("makedumpfile", fetch.TOOL_SUITE, "makedumpfile", arch=of.debian)
    program = of.argv(root / "usr/bin/makedumpfile", root)
    with crashed(kernel=kernel, arch=uname, level=0, crashkernel="192M", load=False, timeout=of.limits[0],
                 quiet=of.limits[1]) as run:
        for line in matrix.filtered(run.core, run.work, makedumpfile=program):
            print(f"  ok: {kernel.release}: {line}", flush=True)
    print(f"  {time.monotonic() - begin:.0f} s", flush=True)


def capture_kernel(uname):
    """A crash kernel of ours captures Debian's, in 32 MiB; then the smallest crashkernel= of both is looked for."""
    of, debian = arch.of(uname), fetch.kernel("trixie", arch=arch.of(uname).debian, meta=arch.of(uname).kernel)
    image = str(ownkernel.build("base", uname, "virtio", "ext4", suite="trixie", uname=uname))
    print(f"  Image: {os.stat(image).st_size} bytes", flush=True)
    circle(uname, dataclasses.replace(ROWS[uname][0], more={"crash_kernel": image, "crashkernel": "32M"}))
    for own in (image, None):
        options = crash.Options(kernel=debian, arch=uname, crash_kernel=own, timeout=of.limits[0], quiet=of.limits[1])
        size = smallest.find(options, print)
        check(size, "no crashkernel= captures")
        print(f"  smallest crashkernel=, {'our' if own else 'its own'} kernel: {size}M", flush=True)


FLASH_RECOVER = """grep . /proc/mtd | sed 's/^/crashtest: mtd: /'
kdump-dumper --recover; say "recover: exit $?"
kdump-dumper --recover; say "recover again: exit $?"
cp -r /tmp/crash "$src/"
"""


def flash():
    """The virt machine's NOR flash as a raw target. Its chips keep their contents over the reboot."""
    kernel = ownkernel.production("trixie", ownkernel.AARCH64_FLASH, "aarch64")
    with crashed(kernel=kernel, arch="aarch64", targets=("raw",), raw_line="mtd 0.flash", recover=FLASH_RECOVER,
                 mkinitrd="guest", path="/tmp/crash", load=False, crashkernel="64M",
                 timeout=1800, quiet=900) as run:
        check(not run.console("by kexec_load"), "not armed by kexec_file_load")
        check(run.console(r"target 1: raw MTD=0\.flash"), "kdump-mkinitrd does not name the flash")
        expect(run, r"target: MTD=0\.flash \(/dev/mtdblock\d+, raw\): opened", "the flash")
        check(run.console("crashtest: recover: exit 0"), "not recovered")
        check(run.console("crashtest: recover again: exit 3"), "the flash is not free afterwards")
        for line in (verify.folder(run), verify.dmesg(run), verify.libkdumpfile(run)):
            print("  ok:", line, flush=True)


def ubifs():
    """UBIFS: attached by the capture, and by the kernel's command line."""
    kernel = ownkernel.production("trixie", ownkernel.AARCH64_FLASH, "aarch64")
    for volume, words in (("ubi0:dumps", ""), ("/dev/ubi0_0", "ubi.mtd=board")):
        ubi.circle(kernel, volume, "aarch64", load=False, crashkernel="64M", timeout=1800, quiet=900,
                   production=f"loglevel=6 block2mtd.block2mtd={ubi.DISK} {words}")


def capture_kernel_devices(uname):
    """A crash kernel of ours with what boards and servers have: NVMe beside ACPI tables, and MMC beside a device tree."""
    image = str(ownkernel.build("base", uname, "virtio", "nvme", "mmc", "efi", "ext4", suite="trixie", uname=uname))
    for suite, bus, efi in (("trixie", "nvme", True), (f"linux-image-{arch.of(uname).debian}/trixie", "sdhci", False)):
        circle(uname, Row(suite, 48, efi=efi, more={"crash_kernel": image, "crashkernel": "48M", "bus": bus}))


def _gzip(image, out):
    out.write_bytes(gzip.compress(image.read_bytes(), 6))
    return out


def _zboot(image, out):
    """An EFI program that unpacks the Image, as the kernel's build makes it (CONFIG_EFI_ZBOOT), without its code."""
    packed = subprocess.run(["zstd", "-q", "-c", image], check=True, capture_output=True).stdout
    head = struct.pack("<4s4sII8x32s", b"MZ", b"zimg", 4096, len(packed), b"zstd")
    out.write_bytes(head.ljust(4096, b"\0") + packed)
    return out


def packed_kernels():
    """The files that boot loaders and distributions have, by both calls."""
    with tempfile.TemporaryDirectory(prefix="packed-") as folder:
        for uname, pack, row in (("aarch64", _zboot, Row("trixie", 48)), ("aarch64", _gzip, FILE_CALL),
                                 ("riscv64", _gzip, Row("trixie", 57))):
            image = ownkernel.build("base", uname, "virtio", "ext4", suite="trixie", uname=uname)
            file = pack(pathlib.Path(image), pathlib.Path(folder, f"{uname}{pack.__name__}"))
            more = {**row.more, "crash_kernel": str(file), "crashkernel": "64M"}
            circle(uname, dataclasses.replace(row, more=more))
