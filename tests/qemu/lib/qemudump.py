# SPDX-License-Identifier: MIT
"""A guest that panics and stays, and what QEMU's dump-guest-memory makes of it."""

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import time

from . import cpio, fetch, matrix, modules, paths, qemu, tools
from .verify import CheckError, check

# name -> (the format's name in QMP, or None for ELF; paging)
FORMATS = {
    "elf": ("elf", False),
    "elf -p": ("elf", True),
    "kdump-zlib": ("kdump-zlib", False),
    "kdump-lzo": ("kdump-lzo", False),
    "kdump-snappy": ("kdump-snappy", False),
    "kdump-raw-zlib": ("kdump-raw-zlib", False),
    "kdump-raw-lzo": ("kdump-raw-lzo", False),
    "kdump-raw-snappy": ("kdump-raw-snappy", False),
}
COMMAND_LINE = "console=ttyS0 loglevel=4 panic=0 sysrq_always_enabled"
INIT = """#!/bin/busybox sh
b() { /bin/busybox "$@"; }
b mkdir -p /proc /sys /t
b mount -t proc none /proc; b mount -t sysfs none /sys; b mount -t tmpfs none /t
for m in $(b cat /mods/order); do b insmod /mods/$m; done
b dd if=/dev/urandom of=/t/random bs=1M count=8 2>/dev/null
b yes "one line of text in a file in memory" | b head -c 16000000 >/t/text
b dd if=/dev/urandom of=/t/gone bs=1M count=8 2>/dev/null; b rm /t/gone
for i in 1 2 3; do b sleep 10000 & done
[ -e /sys/firmware/qemu_fw_cfg/by_name/etc/vmcoreinfo ] && echo "qemudump: with vmcoreinfo"
echo "qemudump: up $(b uname -r)"
echo c >/proc/sysrq-trigger
"""


def image(kernel, busybox, init=INIT):
    """An initramfs that has the kernel's driver of the vmcoreinfo device."""
    made = cpio.Cpio()
    made.file("bin/busybox", pathlib.Path(busybox).read_bytes(), 0o755)
    made.node("dev/console", 5, 1)
    made.node("dev/urandom", 1, 9)
    mods = modules.resolve(kernel.modules, ["qemu_fw_cfg"])
    for name, data in mods:
        made.file(f"mods/{name}", data)
    made.file("mods/order", "\n".join(name for name, _ in mods) + "\n")
    made.file("init", init, 0o755)
    return made.bytes()


@contextlib.contextmanager
def crashed(kernel, device, mem="256M", append=""):
    """(the stopped machine, a folder for its dumps). device: with vmcoreinfo."""
    accel = qemu.accel_for(kernel)
    with tempfile.TemporaryDirectory(dir=paths.cache("bench")) as work:
        work = pathlib.Path(work)
        (work / "initrd").write_bytes(image(kernel, tools.file("busybox")))
        args = qemu.base_args(accel, "host" if accel == "kvm" else "max,la57=off", mem, 2)
        args += ["-kernel", kernel.vmlinuz, "-initrd", work / "initrd", "-append",
                 f"{COMMAND_LINE} {append}"]
        args += ["-device", "vmcoreinfo"] if device else []
        with qemu.Machine(args, work / "console.log") as machine:
            seen = False
            for _, text in machine.follow(240, 120):
                seen |= "qemudump: with vmcoreinfo" in text
                if "end Kernel panic" in text:
                    break
            else:
                raise CheckError(f"the guest did not panic: {machine.last()}")
            check(seen == device, "the guest's driver does not see the vmcoreinfo device")
            machine.qmp("stop")
            yield machine, work


def known(machine, formats=None):
    """The formats this QEMU was built with, of these or all."""
    got = machine.qmp("query-dump-guest-memory-capability")["formats"]
    return {name: how for name, how in (formats or FORMATS).items() if how[0] in got}


def dump(machine, out, how):
    """dump-guest-memory; returns its seconds."""
    fmt, paging = how
    out.unlink(missing_ok=True)
    begin = time.monotonic()
    words = {} if paging else {"format": fmt}
    machine.qmp("dump-guest-memory", paging=paging, protocol=f"file:{out}", detach=True, **words)
    while True:
        state = machine.qmp("query-dump")["status"]
        if state == "completed":
            return time.monotonic() - begin
        check(state == "active" and time.monotonic() - begin < 120,
              f"QEMU's dump as {fmt}: {state}")
        time.sleep(0.05)


# ---------------------------------------------------------------- what becomes of them

def command(*words):
    """kdump-dumper, which must succeed: (stdout, stderr)."""
    done = subprocess.run([paths.BUILD / "kdump-dumper", *map(str, words)], text=True,
                          capture_output=True, timeout=300, check=False)
    check(done.returncode == 0, f"kdump-dumper {' '.join(map(str, words))}: exit "
          f"{done.returncode}: {done.stderr[-1000:]}")
    return done.stdout, done.stderr


def repacked(work):
    """The codecs that this QEMU was built without: {name: file}."""
    made = {}
    for codec, library in (("lzo", "liblzo2.so.2"), ("snappy", "libsnappy.so.1")):
        if (work / f"kdump-{codec}").exists():
            continue
        made[f"{codec} by {library}"] = work / codec
        found = next(p for p in (fetch.tools() / "usr/lib").rglob(library))
        tools.run("python3", paths.QEMU_DIR / "tools/repack_dump.py", codec, found,
                  work / "kdump-raw-zlib", work / codec, timeout=300)
    return made


def same(one, other, what, more=0):
    """Two dumps with the same pages; more: that only the other one has."""
    done = subprocess.run([paths.BUILD / "kdump-compare", one, other], text=True,
                          capture_output=True, timeout=300, check=False)
    last = (done.stdout.strip().splitlines() or [done.stderr])[-1]
    check(done.returncode == (3 if more else 0) and f"only in B {more}," in last,
          f"{what}: {done.stdout[-1500:]}{done.stderr}")
    return last


def _looked_at(file, kernel, device):
    """What --info and --verify say, and the log."""
    out, err = command("--info", "--json", file)
    check(json.loads(out)["release"] == kernel.release, f"--info: {out[:300]}")
    found = "it was found in memory" in err
    check(found == (not device), f"--info: VMCOREINFO {'' if found else 'not '}searched: {err}")
    check("whole" in command("--verify", file)[1], "--verify: not whole")
    log = command("--dump-dmesg", file)[0]
    check("sysrq: Trigger a crash" in log, "--dump-dmesg: the crash is not in it")


def story(device, suite="trixie", every_reader=False):
    """All formats of one guest; prints a line for each."""
    kernel = fetch.kernel(suite, debug=not os.environ.get("NO_DEBUG"))
    with crashed(kernel, device) as (machine, work):
        files = {}
        for name, how in known(machine).items():
            files[name] = work / name
            dump(machine, files[name], how)
        machine.end()
        files |= repacked(work)
        first, out = None, work / "filtered"
        for i, (name, file) in enumerate(files.items()):
            _looked_at(file, kernel, device)
            command("-f", "-z", "-d", 31, file, out)
            said = [f"{file.stat().st_size / 1e6:.1f} MB to {out.stat().st_size / 1e6:.1f} MB"]
            # with paging only mapped memory is there
            if first and "-p" not in name:
                said.append(same(first, out, name))
            for reader in _readers(i, every_reader, kernel):
                said.append(matrix.LOOK[reader](kernel, out))
            first = first or out.rename(work / "first")
            file.unlink()
            print(f"  ok: {kernel.release}, device {device}, {name}: {', '.join(said)}",
                  flush=True)


def _readers(i, every_reader, kernel):
    """crash takes long: by default it opens the first one alone."""
    if not kernel.vmlinux:
        return ("libkdumpfile",)
    return ("crash", "drgn", "libkdumpfile") if i == 0 or every_reader else ("libkdumpfile",)
