# SPDX-License-Identifier: MIT
"""A machine that leaves its kernel for another one by kdump-loader exec."""

import pathlib
import re
import tempfile

from . import arch, cpio, fetch, guest, kexecload, qemu
from .scenario import check as expect

SECOND = "crashtest.second"
INIT = """#!/bin/busybox sh
export PATH=/bin:/sbin:/usr/sbin
/bin/busybox mkdir -p /proc /sys /dev /run /bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
exec </dev/console >/dev/console 2>&1
facts() {
	# elsewhere than on x86 firmware that is EFI brings ACPI, and no runtime-map is shown
	efi=0 shows=acpi/tables; [ "$(uname -m)" = x86_64 ] && shows=efi/runtime-map
	[ -d /sys/firmware/$shows ] && efi=1
	echo "crashtest: $1: $(nproc) CPUs, $(sed -n 's/MemTotal: *//p' /proc/meminfo), efi $efi, $(cat /proc/cmdline)"
}
case $(cat /proc/cmdline) in
*SECOND*)
	facts second
	# a line of the terminal goes out in its own time, and the kernel's last one in between
	sleep 1
	poweroff -f ;;
esac
facts first
kdump-loader exec --kernel /boot/vmlinuz --initrd /boot/second.cpio --append SECOND WORDS
echo "crashtest: exec: exit $?, loaded $(cat /sys/kernel/kexec/loaded /sys/kernel/kexec_loaded 2>/dev/null)"
THEN
echo "crashtest: FAILED"
poweroff -f
"""


def _image(of, words, then, files):
    image = cpio.Cpio()
    image.node("dev/console", 5, 1)
    init = INIT.replace("SECOND", SECOND).replace("WORDS", words).replace("THEN", then)
    image.file("init", init, 0o755)
    image.file("bin/busybox", pathlib.Path(of.busybox()).read_bytes(), 0o755)
    for name, (data, mode) in (guest.installed("kdump-loader", of=of) | files).items():
        image.file(name, data, mode)
    return image.bytes()


def _boot(of, kernel, words, then, smp, mem, efi):
    """The console of the machine, to its end."""
    firmware = () if not efi else kexecload.ovmf() if of.native else of.efi()
    accel = qemu.accel_for(kernel) if of.native else "tcg"
    limits = (120, 60) if of.native else (400, 200)
    files = {"boot/vmlinuz": (kernel.vmlinuz.read_bytes(), 0o644),
             "boot/second.cpio": (_image(of, "", "", {}), 0o644)}
    with tempfile.TemporaryDirectory(prefix="crashtest-") as tmp:
        first = pathlib.Path(tmp, "first.cpio")
        first.write_bytes(_image(of, words, then, files))
        args = qemu.base_args(accel, of.cpu, mem, smp, of.machine) + [
            "-no-reboot", *firmware, "-kernel", kernel.vmlinuz,
            "-initrd", first, "-append", f"console={of.console} panic=-1 {of.words} loglevel=6"]
        with qemu.Machine(args, f"{tmp}/console.log", program=of.qemu) as machine:
            return [text for _, text in machine.follow(*limits)]


def _facts(lines, which):
    for line in lines:
        found = re.search(rf"crashtest: {which}: (\d+) CPUs, (\d+) kB, efi (\d), (.*)", line)
        if found:
            return int(found[1]), int(found[2]), found[3], found[4]
    tail = "\n".join(lines[-20:])
    raise AssertionError(f"no {which} kernel:\n{tail}")


def check(suite, words, then="", smp=2, mem="1G", efi=False, uname="x86_64"):
    """Leaves suite's kernel for itself; what the second one has is what the first one had."""
    of = arch.of(uname)
    kernel = fetch.kernel(suite, arch=of.debian, meta=of.kernel)
    lines = _boot(of, kernel, words, then, smp, mem, efi)
    first, second = _facts(lines, "first"), _facts(lines, "second")
    expect(first[0] == second[0] == smp, f"{first[0]} CPUs, then {second[0]}")
    # the kernel's own tables differ by a few pages
    expect(abs(first[1] - second[1]) < 4096, f"{first[1]} kB of memory, then {second[1]}")
    expect(first[2] == second[2] == str(int(efi)), f"EFI {first[2]}, then {second[2]}")
    # QEMU's firmware takes the initrd from the line
    line = " ".join(w for w in first[3].split() if not w.startswith("initrd="))
    expect(second[3] == f"{line} {SECOND}", f"command line {second[3]!r}")
    by = "kexec_load" if any("by kexec_load" in l for l in lines) else "kexec_file_load"
    # Debian's kernels of other architectures have no other call
    expect(("-c" in words or not of.native) == (by == "kexec_load"), f"{words}: by {by}")
    return f"{uname}, {suite}, exec {words}: {by}, {second[0]} CPUs, {second[1]} kB"
