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

import huge  # noqa: E402
from lib import apt, cpio, disk, fetch, modules, paths, qemu, tools  # noqa: E402

SUITE = "trixie"
ROOM = 1 << 20                  # in front of the RAM; guest.c saves as much
CONTENT_MIB = 900
# QEMU's "pc": RAM of 3.5 GiB and more is cut at 3 GiB, the rest is at 4 GiB
LOW_LIMIT, LOW_BYTES, HIGH_ADDRESS = 0xe0000000, 3 << 30, 4 << 30
# modules, with those that a kernel asks modprobe for; what is built in is skipped
EXT4, ZRAM = ["crc32c_generic", "ext4"], ["lzo", "lzo_rle", "zbud", "zram"]

CORES = {
    "idle": {"mem_mib": 2048},
    "loaded": {"mem_mib": 12288, "load": 1, "tmpfs_mib": 1400, "anon_mib": 4200,
               "small_mib": 600, "huge_mib": 1024, "trees": 56, "pipes": 1500},
    # nearly all it touches are its struct pages
    "idle256": {"mem_mib": 256 << 10, "touched_mib": 5120},
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
    if not core.exists() and name == "huge":
        huge.make(core)
    elif not core.exists():
        make(CORES[name], core)
    return core


def make(settings, core):
    """Crashes a guest; its memory becomes the file core. Settings: mem_mib, of
    which touched_mib are expected to be used; cpus; crashkernel; limit_s; hotplug_mib, plugged in while it
    runs; suite, cpu, append: kernel, CPU model, more of the command line;
    content_mib on its disk; the rest is guest.c's."""
    size = settings["mem_mib"] + settings.get("hotplug_mib", 0) << 20
    touched = settings.get("touched_mib", size >> 20) << 20
    say(f"crashing a guest of {settings['mem_mib']} MiB for {core}")
    with tempfile.TemporaryDirectory(prefix="kdump-bench-", dir=fast(touched)) as tmp:
        tmp = pathlib.Path(tmp)
        disk.blank(tmp / "headers", ROOM)
        if "headers saved" not in list(boot(settings, tmp)):
            raise CoreError("the guest did not crash as it should "
                            f"({folder() / 'console.log'})")
        _prepend(tmp, settings["mem_mib"] << 20, size)
        subprocess.run(["cp", "--sparse=always", tmp / "ram", f"{core}.tmp"],
                       check=True, timeout=1800)
        os.rename(f"{core}.tmp", core)


def fast(size):
    """A folder in memory if there is room: on a disk, writing the guest's RAM
    back would be what the guest waits for."""
    shm = pathlib.Path("/dev/shm")
    info = dict(line.split(":") for line in open("/proc/meminfo", encoding="ascii"))
    available = int(info["MemAvailable"].split()[0]) << 10
    if shm.is_dir() and min(available, shutil.disk_usage(shm).free) > size * 5 // 4:
        return shm
    return folder()


# ---------------------------------------------------------------- the guest

def image(mods, files, guest=paths.BUILD / "bench/guest"):
    """An initramfs with the guest's program as /init."""
    ret = cpio.Cpio()
    ret.node("dev/console", 5, 1)
    ret.file("init", guest.read_bytes(), 0o755)
    for name, data in mods:
        ret.file(f"mods/{name}", data)
    for name, data in files.items():
        ret.file(name, data, 0o755)
    return ret.bytes()


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


def _memory(settings, ram):
    """RAM in a file, and behind it in the same file what is plugged in later."""
    size, more = settings["mem_mib"] << 20, settings.get("hotplug_mib", 0) << 20
    if more and size >= LOW_LIMIT:
        raise CoreError("hotplug_mib needs a guest of less than 3.5 GiB")
    args = ["-machine", "memory-backend=ram"]
    for name, at, length in (("ram", 0, size), ("more", size, more)):
        args += ["-object", f"memory-backend-file,id={name},share=on,size={length},"
                            f"offset={ROOM + at},mem-path={ram}"] if length else []
    return args


def _arguments(kernel, settings, tmp, accel):
    words = " ".join(f"{k}={v}" for k, v in settings.items() if isinstance(v, int))
    words += f" {settings.get('append', '')}"
    cpu = "host" if accel == "kvm" else settings.get("cpu", "max,la57=off")
    mem = f"{settings['mem_mib']}M"
    if settings.get("hotplug_mib"):
        mem += f",slots=1,maxmem={settings['mem_mib'] + settings['hotplug_mib']}M"
    args = qemu.base_args(accel, cpu, mem, settings.get("cpus", 2)) + _memory(settings, tmp / "ram")
    for name in ("content", "headers"):
        args += ["-drive", f"if=none,id={name},format=raw,cache=unsafe,"
                           f"file={tmp / name}",
                 "-device", f"virtio-blk-pci,drive={name}"]
    return args + ["-kernel", kernel.vmlinuz, "-initrd", tmp / "initrd",
                   "-append", f"console=ttyS0 loglevel=4 crashkernel={settings.get('crashkernel', '192M')} {words}"]


def boot(settings, tmp, capture_mods=(), capture_files=None, files=None):
    """Runs a guest until it ends; yields what it says. tmp/headers is its disk
    vdb. The capture image has capture_mods and capture_files beside the guest,
    the first one's files."""
    kernel = fetch.kernel(settings.get("suite", SUITE))
    accel = qemu.accel_for(kernel)
    have = modules.known(kernel.modules)
    wanted = ["virtio_pci", "virtio_blk"]
    capture = modules.resolve(kernel.modules, [*wanted, *capture_mods])
    wanted += EXT4 + (ZRAM if settings.get("zram_mib") else [])
    mods = modules.resolve(kernel.modules, [m for m in wanted if m in have])
    (tmp / "initrd").write_bytes(image(mods, {
        "boot/vmlinuz": kernel.vmlinuz.read_bytes(),
        "boot/capture.img": image(capture, capture_files or {}), **(files or {})}))
    if settings.get("load"):
        _content(tmp / "content", settings.get("content_mib", CONTENT_MIB) << 20)
    else:
        disk.blank(tmp / "content", ROOM)
    with open(tmp / "ram", "wb") as f:
        f.truncate(ROOM + (settings["mem_mib"] + settings.get("hotplug_mib", 0) << 20))
    with qemu.Machine(_arguments(kernel, settings, tmp, accel), folder() / "console.log") as machine:
        for at, text in machine.follow(settings.get("limit_s", 1500), 600):
            if "ready for memory" in text:
                machine.qmp("device_add", driver="pc-dimm", id="dimm", memdev="more",
                            addr=HIGH_ADDRESS)
            if "bench: " in text:
                text = text.split("bench: ", 1)[1]
                say(f"  {at:6.1f} s {text}")
                yield text


# ---------------------------------------------------------------- the headers

def _ram_offset(pa, length, boot, size):
    """Offset of a physical range in the file of the boot memory and all."""
    low = LOW_BYTES if boot >= LOW_LIMIT else boot
    if pa + length <= low:
        return ROOM + pa
    off = pa - HIGH_ADDRESS + low
    if pa < HIGH_ADDRESS or off + length > size:
        raise CoreError(f"a PT_LOAD at {pa:#x} + {length:#x} is not in the guest's RAM")
    return ROOM + off


def _prepend(tmp, boot, size):
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
            struct.pack_into("<Q", head, at + 8, _ram_offset(pa, filesz, boot, size))
        elif off + filesz > ROOM:
            raise CoreError(f"the notes end at {off + filesz}, behind {ROOM}")
        else:
            end = max(end, off + filesz, phoff + 56 * count)
    head[end:] = bytes(ROOM - end)
    with open(tmp / "ram", "r+b") as f:
        f.write(head)
