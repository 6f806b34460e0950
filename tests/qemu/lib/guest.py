# SPDX-License-Identifier: MIT
"""The two initramfs images: the production guest's and the capture image."""

import filecmp
import os
import pathlib
import re
import subprocess

from . import arch, cpio, modules, paths

PRODUCTION_MODULES = ["virtio_pci", "virtio_blk"]
FS_MODULES = {"ext4": ["ext4"], "xfs": ["xfs"], "btrfs": ["btrfs"], "f2fs": ["f2fs"],
              "vfat": ["vfat", "nls_cp437", "nls_iso8859-1", "nls_ascii",
                       "nls_utf8"]}
NET_MODULES = ["virtio_net"]
CRC = r"^(crc32c?|libcrc32c)(_generic)?$"
# file systems ask for algorithms, of which a kernel has several drivers
CHECKSUMS = r"^(crc32c?|sha256|blake2b|xxhash|crct10dif)(_|$)"


class GuestError(Exception):
    """An image cannot be made."""


def program(name, of=None):
    """One of the project's own programs, as `make install` has laid it out, of an architecture (lib/arch.py)."""
    of = of or arch.of("x86_64")
    path, make = of.program(name), "make stage" if of.native else f"make ARCH={of.uname} stage"
    if not os.access(path, os.X_OK):
        raise GuestError(f"{path}: not there; run {make} first")
    if not paths.PACKAGED and not filecmp.cmp(path, of.build / name, shallow=False):
        raise GuestError(f"{path}: older than what was built; run {make}")
    return path


def installed(*names, of=None):
    """{path in a guest: (bytes, mode)} of programs where they are installed."""
    return {f"{paths.INSTALLED[n]}/{n}": (program(n, of).read_bytes(), 0o755)
            for n in names}


def present(kernel, names):
    """names without those this kernel has neither as module nor built in."""
    known = modules.known(kernel.modules)
    return [n for n in names if n.replace("-", "_") in known]


def capture_image(kernel, conf, out, root=None, crash_kernel=None, of=None):
    """Run kdump-mkinitrd on the config alone; returns what it printed."""
    of = of or arch.of("x86_64")
    which = ["-K", crash_kernel] if crash_kernel else ["-k", kernel.release]
    conf_file = pathlib.Path(f"{out}.conf")
    conf_file.write_text(conf)
    done = subprocess.run(
        [*of.argv(program("kdump-mkinitrd", of)), "-c", conf_file, *which,
         "-r", root or kernel.root, "-o", out], text=True, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=120 if of.native else 600)
    if done.returncode:
        raise GuestError(f"kdump-mkinitrd: exit {done.returncode}: "
                         f"{done.stdout.strip()}")
    return done.stdout.strip()


def generic_image(kernel, out):
    """Run kdump-mkinitrd --generic; returns what it printed."""
    done = subprocess.run([program("kdump-mkinitrd"), "--generic", "-k", kernel.release, "-r",
                           kernel.root, "-o", out], text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)
    if done.returncode:
        raise GuestError(f"kdump-mkinitrd --generic: exit {done.returncode}: {done.stdout.strip()}")
    return done.stdout.strip()


def host_files(kernel, conf, fs, net, more=(), of=None):
    """What the guest needs to run kdump-mkinitrd by itself, on its own
    hardware: programs, config, modules as the distribution ships them."""
    names = PRODUCTION_MODULES + FS_MODULES.get(fs, []) + list(more)
    names += NET_MODULES if net else []
    base = f"lib/modules/{kernel.release}"
    files = installed("kdump-mkinitrd", "kdump-init", "kdump-loader", of=of)
    files["etc/kdump.conf"] = (conf, 0o644)
    for index in kernel.modules.glob("modules.*"):
        files[f"{base}/{index.name}"] = (index.read_bytes(), 0o644)
    names += [n for n in sorted(modules.known(kernel.modules))
              if re.search(CHECKSUMS, n)]
    for path in modules.paths(kernel.modules, present(kernel, names)):
        files[f"{base}/{path}"] = ((kernel.modules / path).read_bytes(), 0o644)
    return files


def production_image(kernel, capture, out, settings, fs=None, net=False,
                     files=None, more=(), of=None):
    """The production guest: busybox, our loader, the crash kernel's files.

    settings become shell variables of guest/init; files are {name: (data,
    mode)} laid over it; more: further modules it loads."""
    of = of or arch.of("x86_64")
    image = cpio.Cpio()
    image.node("dev/console", 5, 1)
    image.file("init", (paths.QEMU_DIR / "guest/init").read_bytes(), 0o755)
    image.file("bin/busybox", pathlib.Path(of.busybox()).read_bytes(), 0o755)
    for name, (data, mode) in installed("kdump-loader", of=of).items():
        image.file(name, data, mode)
    # the algorithms first: libcrc32c asks for one as it is loaded
    names = [n for n in sorted(modules.known(kernel.modules)) if re.search(CRC, n)]
    names += PRODUCTION_MODULES + FS_MODULES.get(fs, []) + list(more)
    names += NET_MODULES if net else []
    for name, data in modules.resolve(kernel.modules, present(kernel, names)):
        image.file(f"mods/{name}", data)
    image.file("boot/vmlinuz", kernel.vmlinuz.read_bytes())
    if capture:
        image.file("boot/capture.img", pathlib.Path(capture).read_bytes())
    image.file("etc/crashtest/conf",
               "".join(f"{k}={quote(v)}\n" for k, v in settings.items()))
    for name, (data, mode) in (files or {}).items():
        image.file(name, data, mode)
    pathlib.Path(out).write_bytes(image.bytes())


def quote(value):
    """A shell word."""
    return "'" + str(value).replace("'", "'\\''") + "'"
