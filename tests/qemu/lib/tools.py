# SPDX-License-Identifier: MIT
"""Programs the harness runs: the readers' folder on Debian, else the host's."""

import os
import shutil
import subprocess

from . import apt, fetch, paths

# program -> package, for the message on systems without Debian's apt
NEEDED = {
    "qemu-system-x86_64": "qemu", "busybox": "busybox (static)",
    "mke2fs": "e2fsprogs", "mkfs.xfs": "xfsprogs", "mkfs.btrfs": "btrfs-progs",
    "mkfs.vfat": "dosfstools", "mkfs.f2fs": "f2fs-tools",
    "virtiofsd": "virtiofsd", "nginx": "nginx", "openssl": "openssl",
    "crash": "crash", "drgn": "drgn", "makedumpfile": "makedumpfile",
    "kdumpid": "libkdumpfile", "zstd": "zstd", "depmod": "kmod",
    "ruff": "ruff",
}
RUN = paths.QEMU_DIR / "tools/run"
SBIN = ":/usr/sbin:/sbin:/usr/local/sbin:/usr/libexec"


class ToolError(Exception):
    """A program is missing or failed; the text says which and how."""


def _host(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + SBIN)


def argv(name):
    """The words that run a program."""
    if apt.available():
        fetch.tools()
        return [str(RUN), name]
    found = _host(name)
    if not found:
        raise ToolError(f"tool: {name}: not installed; the tests need "
                        f"{NEEDED.get(name, name)}")
    return [found]


def file(name):
    """A program's own file, for one that goes into the guest."""
    if apt.available():
        return fetch.tools() / "usr/bin" / name
    return argv(name)[0]


def _single_argv(name, package, path, suite):
    """The words that run a program which needs libc alone."""
    if not apt.available():
        return argv(name)
    root = fetch.tools()
    return [str(root / "usr/lib64/ld-linux-x86-64.so.2"), "--library-path",
            str(root / "usr/lib/x86_64-linux-gnu"), str(fetch.single(package, path, suite))]


def receiver_argv():
    """The words that run fence-agents' fence_kdump."""
    return _single_argv("fence_kdump", "fence-agents", "usr/sbin/fence_kdump", "bookworm")


def ruff_argv():
    """The words that run ruff, which Debian 12 does not have."""
    return _single_argv("ruff", "ruff", "usr/bin/ruff", "sid")


def data(path):
    """A data file below /usr/share of where the programs come from."""
    root = fetch.tools() if apt.available() else "/"
    return os.path.join(root, "usr/share", path)


def have(name):
    """Can this program be run?"""
    if apt.available():
        return any((fetch.tools() / d / name).exists()
                   for d in ("usr/bin", "usr/sbin", "usr/libexec"))
    return bool(_host(name))


def missing():
    """What has to be installed by hand on this system."""
    if apt.available():
        return []
    return sorted({pkg for prog, pkg in NEEDED.items() if not _host(prog)})


def run(name, *args, timeout=120, **kw):
    """Run a program; returns its output, raises ToolError on failure."""
    try:
        done = subprocess.run([*argv(name), *map(str, args)], text=True,
                              errors="replace", timeout=timeout, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              **({"stdin": subprocess.DEVNULL}
                                 if "input" not in kw else {}), **kw)
    except subprocess.TimeoutExpired as err:
        raise ToolError(f"{name}: no end after {timeout} s") from err
    if done.returncode:
        raise ToolError(f"{name}: exit {done.returncode}: "
                        f"{done.stdout.strip()[-2000:]}")
    return done.stdout
