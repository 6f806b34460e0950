# SPDX-License-Identifier: MIT
"""Machines that are armed by kexec_load."""

import contextlib
import pathlib
import re
import struct

from . import cpio, crash, fetch, guest, paths, tools, verify
from .scenario import check, crashed, debug_symbols

DRY_RUN = """kdump-loader load -c --dry-run --kernel /boot/vmlinuz --initrd /boot/capture.img
"""
NO_FILE_CALL = """mv /usr/sbin/kdump-loader /usr/sbin/loader
printf '#!/bin/sh\\nexec /bin/without-file-call /usr/sbin/loader "$@"\\n' >/usr/sbin/kdump-loader
chmod 755 /usr/sbin/kdump-loader
kdump-loader load -s --kernel /boot/vmlinuz --initrd /boot/capture.img
say "file call: exit $?"
"""
HEADER_INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc
/bin/busybox mount -t proc proc /proc
exec </dev/console >/dev/console 2>&1
/bin/busybox dd if=/proc/vmcore bs=64 count=32 2>/dev/null |
	/bin/busybox hexdump -v -e '"crashtest: header: " 32/1 "%02x" "\\n"'
/bin/busybox reboot -f
"""


def on_cpu(cpu):
    """The shell command that crashes on this CPU."""
    return f"taskset {1 << cpu:x} sh -c 'echo c >/proc/sysrq-trigger'"


def options(suite, **more):
    """crash.Options of such a machine."""
    return crash.Options(**_with_defaults(suite, more))


def _with_defaults(suite, more):
    return {"kernel": fetch.kernel(suite), "loader": "-c", **more}


@contextlib.contextmanager
def armed(suite, **more):
    """Like scenario.crashed(); the loader must have taken the call that it was told to."""
    with crashed(**_with_defaults(suite, more)) as run:
        segments = bool(run.console("armed: kernel .*, by kexec_load"))
        wanted = "-c" in run.o.loader or "bin/without-file-call" in (run.o.guest_files or {})
        check(segments == wanted, f"load {run.o.loader}: by kexec_load: {segments}")
        yield run


def whole(suite, cpu, smp, **more):
    """A crash on this CPU; every reader looks at the dump. The run."""
    kernel = fetch.kernel(suite, debug=debug_symbols())
    with armed(suite, kernel=kernel, smp=smp, crash=on_cpu(cpu), **more) as run:
        for line in verify.everything(run):
            print(f"  ok: {suite}, CPU {cpu} of {smp}:", line, flush=True)
        panicked = run.console(rf"CPU: {cpu} ")
        check(panicked, f"the crash was not on CPU {cpu}")
    return run


def _header_image():
    """An initrd that shows the beginning of /proc/vmcore instead of saving it."""
    image = cpio.Cpio()
    image.node("dev/console", 5, 1)
    image.file("init", HEADER_INIT, 0o755)
    image.file("bin/busybox", pathlib.Path(tools.file("busybox")).read_bytes(), 0o755)
    return image.bytes()


def vmcore_loads(suite, call):
    """[(virtual address, physical address, bytes)] of /proc/vmcore, of a machine without KASLR that was armed by
    this call."""
    with armed(suite, loader=f"{call} --foreign-initrd", load=False, production="loglevel=6 nokaslr",
               guest_files={"boot/capture.img": (_header_image(), 0o600)}) as run:
        shown = bytes.fromhex("".join(re.findall(r"crashtest: header: (\w+)", "\n".join(run.console("header: ")))))
    count, = struct.unpack_from("<H", shown, 56)
    found = [struct.unpack_from("<IIQQQQQQ", shown, 64 + 56 * n) for n in range(count)]
    return [(p[3], p[4], p[6]) for p in found if p[0] == 1]


def no_file_call():
    """guest_files: to kdump-loader the kernel is one without kexec_file_load."""
    program = paths.BUILD / "guest/without-file-call"
    if not program.exists():
        raise guest.GuestError(f"{program}: not there; run make stage")
    return {"etc/crashtest/before-arm": (NO_FILE_CALL, 0o755),
            "bin/without-file-call": (program.read_bytes(), 0o755)}


def ram_file(run):
    """more_args: the machine's RAM is the file "ram" of the run's folder."""
    return ["-machine", "memory-backend=ram", "-object",
            f"memory-backend-file,id=ram,share=on,size={run.o.mem},mem-path={run.work / 'ram'}"]


def dry_run():
    """guest_files: the loader prints where the segments go, before the machine is armed."""
    return {"etc/crashtest/before-arm": (DRY_RUN, 0o755)}


def ovmf():
    """Words for QEMU: EFI firmware; what it writes to its variables is lost."""
    code, variables = (fetch.single("ovmf", f"usr/share/OVMF/OVMF_{name}_4M.fd") for name in ("CODE", "VARS"))
    return ("-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
            "-drive", f"if=pflash,unit=1,format=raw,snapshot=on,file={variables}")
