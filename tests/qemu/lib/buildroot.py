# SPDX-License-Identifier: MIT
"""A root file system that Buildroot makes, with kdump-init from packaging/buildroot: it is armed by its init script, crashes by
itself, and shows its dump after the reboot.

BUILDROOT is Buildroot's tree; BUILDROOT_DL where it has its tarballs, and BUILDROOT_LOCAL a local.mk, for a machine without a
network. Its compiler is Debian's cross compiler with a folder of its own for the C library."""

import os
import pathlib
import re
import shutil
import subprocess

from . import arch, ownkernel, paths, qemu, tools
from .scenario import check

TREE = paths.TOP / "packaging/buildroot"
TOOLS = ("gcc", "cpp", "ar", "as", "ld", "nm", "objcopy", "objdump", "ranlib", "readelf", "strip", "size", "strings",
         "gcc-ar", "gcc-nm", "gcc-ranlib")
# Buildroot takes no compiler of a distribution, as it cannot be moved: this one can
COMPILER = """#!/bin/sh
root=$(dirname "$(dirname "$(readlink -f "$0")")")/sysroot before=
for a; do
	case $before in --sysroot) root=$a ;; esac
	case $a in --sysroot=*) root=${a#--sysroot=} ;; esac
	before=$a
done
[ "$*" != -v ] || { REAL -v 2>&1 | sed "s#--with-sysroot=/ #--with-sysroot=$root #" >&2; exit; }
for a; do
	case $a in
	-print-sysroot) echo "$root"; exit ;;
	-print-file-name=*) [ -e "$root/usr/lib/${a#*=}" ] && { echo "$root/usr/lib/${a#*=}"; exit; } ;;
	esac
done
exec REAL --sysroot="$root" "$@"
"""
CONFIG = """BR2_{arch}=y
BR2_TOOLCHAIN_EXTERNAL=y
BR2_TOOLCHAIN_EXTERNAL_CUSTOM=y
BR2_TOOLCHAIN_EXTERNAL_PATH="{compiler}"
BR2_TOOLCHAIN_EXTERNAL_CUSTOM_PREFIX="{arch}-linux-gnu"
BR2_TOOLCHAIN_EXTERNAL_GCC_{gcc}=y
BR2_TOOLCHAIN_EXTERNAL_HEADERS_{headers}=y
BR2_TOOLCHAIN_EXTERNAL_CUSTOM_GLIBC=y
# BR2_TOOLCHAIN_EXTERNAL_INET_RPC is not set
BR2_TOOLCHAIN_EXTERNAL_OPENMP=y
BR2_DL_DIR="{dl}"
BR2_ROOTFS_OVERLAY="{overlay}"
# BR2_TARGET_ROOTFS_TAR is not set
BR2_PACKAGE_KDUMP_INIT=y
BR2_PACKAGE_KDUMP_INIT_DEPS="{deps}"
"""
# what Buildroot's own user space wants of a kernel
BOARD = """CONFIG_DEVTMPFS_MOUNT=y
CONFIG_NET=y
CONFIG_UNIX=y
CONFIG_INET=y
CONFIG_TMPFS=y
CONFIG_PROC_SYSCTL=y
"""
# behind S90kdump: the first boot crashes when the machine is armed, the second one shows what is there
CRASH = """#!/bin/sh
[ "$1" = start ] || exit 0
mkdir -p /mnt; mount /dev/vdb /mnt
if [ -e /mnt/crashed ]; then
	kdump-loader status; kdump-dumper list /mnt/crash; kdump-dumper --info /mnt/crash/*/vmcore
	poweroff -f
fi
i=0
until kdump-loader status | grep -q '^armed'; do sleep 1; i=$((i + 1)); [ $i -lt 300 ] || poweroff -f; done
kdump-loader status
: >/mnt/crashed; umount /mnt
echo c >/proc/sysrq-trigger
"""


def _compiler(folder, uname):
    """The compiler's folder."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "bin").mkdir(parents=True)
    libc = pathlib.Path(f"/usr/{uname}-linux-gnu")
    check((libc / "lib/libc.so").exists(), f"please install libc6-dev-{arch.of(uname).debian}-cross")
    for name in ("include", "lib"):
        shutil.copytree(libc / name, folder / "sysroot/usr" / name, symlinks=True)
    (folder / "sysroot/lib").symlink_to("usr/lib")
    # text files that name libraries by their place
    script = folder / "sysroot/usr/lib/libc.so"
    script.write_text(script.read_text().replace(f"{libc}/lib/", "/usr/lib/"))
    for name in TOOLS:
        path, real = folder / "bin" / f"{uname}-linux-gnu-{name}", f"/usr/bin/{uname}-linux-gnu-{name}"
        path.write_text(COMPILER.replace("REAL", real) if name in ("gcc", "cpp") else f'#!/bin/sh\nexec {real} "$@"\n')
        path.chmod(0o755)
    return folder


def _versions(folder, uname):
    """Of the compiler and of the kernel's headers, as Buildroot's options call them."""
    gcc = subprocess.run([f"{uname}-linux-gnu-gcc", "-dumpversion"], check=True, capture_output=True,
                         text=True).stdout.strip().split(".")[0]
    text = (folder / "sysroot/usr/include/linux/version.h").read_text()
    code = int(re.search(r"LINUX_VERSION_CODE (\d+)", text)[1])
    return gcc, f"{code >> 16}_{code >> 8 & 255}"


def _make(out, *words, timeout=3600):
    done = subprocess.run(["make", "-C", os.environ["BUILDROOT"], f"O={out}", f"BR2_EXTERNAL={TREE}", *words], check=False,
                          timeout=timeout, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    check(done.returncode == 0, f"Buildroot: make {' '.join(words)}: {done.stdout[-3000:]}")


def _build(work, uname):
    """The root file system as a folder, with the kernel in /boot."""
    board = work / "board"
    board.write_text(BOARD)
    kernel = ownkernel.build("base", uname, "virtio", "ext4", str(TREE / "board/linux.fragment"), str(board),
                             suite="trixie", uname=uname)
    overlay, out, compiler = work / "overlay", work / "out", _compiler(work / "compiler", uname)
    for name, data, mode in (("boot/Image", kernel.read_bytes(), 0o644), ("etc/init.d/S99crash", CRASH.encode(), 0o755),
                             ("etc/kdump.conf", b"ext4 LABEL=dumps\npath /crash\n", 0o644)):
        path = overlay / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(mode)
    gcc, headers = _versions(compiler, uname)
    config = work / "defconfig"
    config.write_text(CONFIG.format(arch=uname, compiler=compiler, gcc=gcc, headers=headers, overlay=overlay,
                                    dl=os.environ.get("BUILDROOT_DL", work / "dl"), deps=paths.cache("src")))
    out.mkdir()
    if os.environ.get("BUILDROOT_LOCAL"):
        shutil.copy(os.environ["BUILDROOT_LOCAL"], out / "local.mk")
    _make(out, f"BR2_DEFCONFIG={config}", "defconfig")
    _make(out)
    return out / "target"


def image(uname):
    """One board: built, armed, crashed, and its dump looked at."""
    check(os.environ.get("BUILDROOT"), "BUILDROOT= is to name Buildroot's tree")
    of, work = arch.of(uname), paths.BUILD / f"test/buildroot-{uname}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    target = _build(work, uname)
    tools.run("mke2fs", "-q", "-t", "ext4", "-d", target, work / "root.img", "200M")
    (work / "dumps.img").touch()
    os.truncate(work / "dumps.img", 300 << 20)
    tools.run("mke2fs", "-q", "-t", "ext4", "-L", "dumps", work / "dumps.img")
    args = qemu.base_args("tcg", of.cpu, "1G", 2, of.machine)
    for name in ("root", "dumps"):
        args += ["-drive", f"if=none,id={name},format=raw,cache=unsafe,file={work / f'{name}.img'}",
                 "-device", f"virtio-blk-pci,drive={name}"]
    args += ["-kernel", target / "boot/Image", "-append",
             f"root=/dev/vda rw console={of.console} crashkernel=64M loglevel=5 panic=5"]
    with qemu.Machine(args, work / "console.log", program=of.qemu) as machine:
        lines = [text for _, text in machine.follow(of.limits[0], of.limits[1])]
    for pattern, what in ((r"^initrd +/boot/kdump-init-\S+\.img", "not armed by its init script"),
                          (r"kdump-init: .*vmcore: saved", "not captured"),
                          (r"^last capture .* complete", "the dump is not told of after the reboot"),
                          (r"^machine +" + uname, "the dump does not open")):
        found = [line for line in lines if re.search(pattern, line)]
        check(found, f"{what}: {lines[-20:]}")
        print("  ok:", found[0], flush=True)
