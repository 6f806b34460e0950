# SPDX-License-Identifier: MIT
"""Cores for the benchmark: guests that crash in QEMU with their RAM in a file.

The crash kernel saves only the headers of /proc/vmcore. The RAM file leaves
room for them in front, and rewritten to point behind it they make it a core."""

import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests/qemu"))
sys.dont_write_bytecode = True

from lib import apt, cpio, disk, fetch, modules, paths, qemu, tools  # noqa: E402

SUITE = "trixie"
ROOM = 1 << 20                  # in front of the RAM; guest.c saves as much
CONTENT_MIB = 900
# QEMU's "pc": RAM of 3.5 GiB and more is cut at 3 GiB, the rest is at 4 GiB
LOW_LIMIT, LOW_BYTES, HIGH_ADDRESS = 0xe0000000, 3 << 30, 4 << 30

CORES = {
    "idle": {"mem_mib": 2048},
    "loaded": {"mem_mib": 8192, "load": 1, "tmpfs_mib": 700, "anon_mib": 1500,
               "small_mib": 400, "huge_mib": 256, "trees": 80, "pipes": 1500},
}


class CoreError(Exception):
    """A core cannot be made."""


def say(text):
    """Progress goes to stderr."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def folder():
    """Where cores are kept."""
    return paths.cache("bench")


def path(name):
    """The core's file, made if it is absent."""
    core = folder() / f"{name}.core"
    if not core.exists():
        make(CORES[name], core)
    return core


def make(settings, core):
    """Crashes a guest; its memory becomes the file core. Settings: mem_mib;
    suite and cpu of the kernel; content_mib on its disk; the rest is guest.c's."""
    size = settings["mem_mib"] << 20
    say(f"crashing a guest of {settings['mem_mib']} MiB for {core}")
    with tempfile.TemporaryDirectory(prefix="kdump-bench-", dir=_fast(size)) as tmp:
        tmp = pathlib.Path(tmp)
        _run(fetch.kernel(settings.get("suite", SUITE)), settings, tmp, size)
        _prepend(tmp, size)
        subprocess.run(["cp", "--sparse=always", tmp / "ram", f"{core}.tmp"],
                       check=True, timeout=1800)
        os.rename(f"{core}.tmp", core)


def _fast(size):
    """A folder in memory if there is room: on a disk, writing the guest's RAM
    back would be what the guest waits for."""
    shm = pathlib.Path("/dev/shm")
    pages = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if shm.is_dir() and min(pages, shutil.disk_usage(shm).free) > size * 5 // 4:
        return shm
    return folder()


# ---------------------------------------------------------------- the guest

def _image(mods, files):
    image = cpio.Cpio()
    image.node("dev/console", 5, 1)
    image.file("init", (paths.BUILD / "bench/guest").read_bytes(), 0o755)
    for name, data in mods:
        image.file(f"mods/{name}", data)
    for name, data in files.items():
        image.file(name, data)
    return image.bytes()


def _content(image, size):
    """A file system with programs, libraries, modules and texts."""
    stage = pathlib.Path(f"{image}.d")
    sources = [fetch.tools(), paths.cache("kernels")] if apt.available() \
        else [pathlib.Path(p) for p in ("/usr/lib", "/usr/share")]
    left = size
    for source in sources:
        for file in sorted(source.rglob("*")):
            if file.is_symlink() or not file.is_file() or file.name == "vmlinux":
                continue
            left -= file.stat().st_size
            if left < 0:
                break
            to = stage / source.name / file.relative_to(source)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, to)
    disk.blank(image, size * 5 // 4)
    tools.run("mke2fs", "-q", "-F", "-t", "ext4", "-d", stage, image, timeout=300)
    shutil.rmtree(stage)


def _arguments(kernel, settings, tmp, size, accel):
    words = " ".join(f"{k}={v}" for k, v in settings.items() if isinstance(v, int))
    cpu = "host" if accel == "kvm" else settings.get("cpu", "max,la57=off")
    args = qemu.base_args(accel, cpu, f"{size >> 20}M", 2)
    args += ["-object", f"memory-backend-file,id=ram,share=on,size={size},"
                        f"offset={ROOM},mem-path={tmp / 'ram'}",
             "-machine", "memory-backend=ram"]
    for name in ("content", "headers"):
        args += ["-drive", f"if=none,id={name},format=raw,cache=unsafe,"
                           f"file={tmp / name}",
                 "-device", f"virtio-blk-pci,drive={name}"]
    return args + ["-kernel", kernel.vmlinuz, "-initrd", tmp / "initrd",
                   "-append", f"console=ttyS0 loglevel=4 crashkernel=192M {words}"]


def _run(kernel, settings, tmp, size):
    blk = modules.resolve(kernel.modules, ["virtio_pci", "virtio_blk"])
    all_mods = modules.resolve(kernel.modules, ["virtio_pci", "virtio_blk", "ext4"])
    (tmp / "initrd").write_bytes(_image(all_mods, {
        "boot/vmlinuz": kernel.vmlinuz.read_bytes(),
        "boot/capture.img": _image(blk, {})}))
    if settings.get("load"):
        _content(tmp / "content", settings.get("content_mib", CONTENT_MIB) << 20)
    else:
        disk.blank(tmp / "content", ROOM)
    disk.blank(tmp / "headers", ROOM)
    with open(tmp / "ram", "wb") as f:
        f.truncate(ROOM + size)
    args = _arguments(kernel, settings, tmp, size, qemu.accel_for(kernel))
    log = folder() / "console.log"
    with qemu.Machine(args, log) as machine:
        saved = False
        for at, text in machine.follow(1500, 600):
            if "bench: " in text:
                say(f"  {at:6.1f} s {text.split('bench: ', 1)[1]}")
            saved = saved or "headers saved" in text
        complaint = machine.end()
    if not saved:
        raise CoreError(f"the guest did not crash as it should ({log}) {complaint}")


# ---------------------------------------------------------------- the headers

def _ram_offset(pa, length, size):
    """Offset of a physical range in the RAM file."""
    low = LOW_BYTES if size >= LOW_LIMIT else size
    if pa + length <= low:
        return ROOM + pa
    off = pa - HIGH_ADDRESS + low
    if pa < HIGH_ADDRESS or off + length > size:
        raise CoreError(f"a PT_LOAD at {pa:#x} + {length:#x} is not in the guest's RAM")
    return ROOM + off


def _prepend(tmp, size):
    """Writes the saved headers in front of the RAM, pointing into it."""
    head = bytearray((tmp / "headers").read_bytes())
    if head[:4] != b"\x7fELF":
        raise CoreError("the crash kernel saved no ELF header")
    phoff, = struct.unpack_from("<Q", head, 32)
    count, = struct.unpack_from("<H", head, 56)
    end = 0
    for at in range(phoff, phoff + 56 * count, 56):
        kind, _, off, _, pa, filesz, _, _ = struct.unpack_from("<IIQQQQQQ", head, at)
        if kind == 1:
            struct.pack_into("<Q", head, at + 8, _ram_offset(pa, filesz, size))
        elif off + filesz > ROOM:
            raise CoreError(f"the notes end at {off + filesz}, behind {ROOM}")
        else:
            end = max(end, off + filesz, phoff + 56 * count)
    head[end:] = bytes(ROOM - end)
    with open(tmp / "ram", "r+b") as f:
        f.write(head)
