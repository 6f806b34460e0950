# SPDX-License-Identifier: MIT
"""Kernels, debug symbols and reader tools by package name, kept in the cache."""

import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from . import apt, paths

META = "linux-image-cloud-amd64"
TOOL_SUITE = "sid"
TOOLS = ("crash", "python3-drgn", "makedumpfile", "python3-pykdumpfile",
         "libkdumpfile-utils", "qemu-system-x86", "python3", "busybox-static",
         "e2fsprogs", "xfsprogs", "btrfs-progs", "dosfstools", "f2fs-tools",
         "virtiofsd", "nginx", "openssl", "kmod", "zstd", "lvm2", "dmsetup",
         "cryptsetup-bin", "mdadm", "libsnappy1v5")


def say(text):
    """Progress goes to stderr: stdout is for results."""
    print(f"fetch: {text}", file=sys.stderr, flush=True)


class Kernel:
    """A kernel unpacked in the cache (or given by files)."""

    def __init__(self, release, vmlinuz, root, vmlinux=None, name=None):
        self.release = release
        self.vmlinuz = pathlib.Path(vmlinuz)
        self.root = pathlib.Path(root)      # holds lib/modules/RELEASE
        self.vmlinux = pathlib.Path(vmlinux) if vmlinux else None
        self.name = name or release

    @property
    def modules(self):
        return self.root / "lib/modules" / self.release


class Locked:
    """A cache folder that one process fills at a time."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def __enter__(self):
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._f = open(f"{self.folder}.lock", "w", encoding="utf-8")
        fcntl.flock(self._f, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_):
        self._f.close()


def _resolve(suite, package):
    """A metapackage's real kernel package name, or the name itself."""
    depends = suite.show(package).get("Depends", "")
    real = re.findall(r"\b(linux-image-\d[\w.+-]*)", depends)
    return real[0] if real else package


def _parse(name, meta):
    """'[PACKAGE/]SUITE' -> (package, suite)."""
    package, _, suite = name.rpartition("/")
    return (package or meta), suite


def kernel(name, debug=False, arch="amd64", meta=META):
    """Fetch a kernel named '[PACKAGE/]SUITE' (as 'trixie' or
    'linux-image-amd64/sid'); with debug also its vmlinux. arch is Debian's word, meta
    the package where name has none."""
    package, suite_name = _parse(name, meta)
    tools()     # here, not below: its lock is taken before a suite's
    with apt.Suite(suite_name, arch) as suite:
        real = _resolve(suite, package)
        release = re.sub(r"^linux-image-(unsigned-)?", "", real)
        folder = paths.cache("kernels") / release
        with Locked(folder):
            if not (folder / "done").exists():
                _fetch_kernel(suite, real, release, folder)
            if debug and not (folder / "vmlinux").exists():
                _fetch_vmlinux(suite, release, folder)
    vmlinux = folder / "vmlinux"
    return Kernel(release, folder / "vmlinuz", folder,
                  vmlinux if vmlinux.exists() else None, name)


def foreign(suite_name, package, arch):
    """A kernel of another architecture: (release, its Image)."""
    with apt.Suite(suite_name, arch) as suite:
        real = _resolve(suite, package)
        release = re.sub(r"^linux-image-", "", real)
        image = paths.cache("kernels") / release / "vmlinuz"
        with Locked(image.parent):
            if image.exists():
                return release, image
            begin = time.time()
            parts = [p for p in suite.closure(real)
                     if re.match(r"linux-(image|binary)-", p) and p.endswith(release)]
            # from 7.x on the first one is empty where there is a second
            parts = [p for p in parts if p.startswith("linux-binary-")] or parts
            tmp = pathlib.Path(f"{image.parent}.tmp")
            shutil.rmtree(tmp, ignore_errors=True)
            for deb in suite.download(*parts):
                apt.unpack(deb, tmp, "*/vmlinu*")
                deb.unlink()
            # riscv64 before 7.x calls the same Image vmlinux
            found, = (p for p in tmp.rglob("vmlinu*") if p.is_file() and not p.is_symlink())
            image.parent.mkdir(parents=True, exist_ok=True)
            os.replace(found, image)
            shutil.rmtree(tmp)
            say(f"kernel {release}: {time.time() - begin:.1f} s")
    return release, image


def _fetch_kernel(suite, real, release, folder):
    begin = time.time()
    parts = [p for p in suite.closure(real)
             if re.match(r"linux-(image|binary|modules|base)-", p)
             and p.endswith(release)]
    debs = suite.download(*parts)
    tmp = pathlib.Path(f"{folder}.tmp")
    shutil.rmtree(tmp, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    merged_usr(tmp)
    for deb in debs:
        apt.unpack(deb, tmp)
    (folder / "lib").mkdir(parents=True)
    shutil.move(tmp / "lib/modules", folder / "lib/modules")
    # beside the modules from 7.x on; riscv64 before calls its Image vmlinux
    image = next(p for p in (tmp / f"boot/vmlinuz-{release}", tmp / f"boot/vmlinux-{release}",
                             folder / "lib/modules" / release / "vmlinuz") if p.exists())
    shutil.move(image, folder / "vmlinuz")
    # a minimal host has no depmod of its own
    subprocess.run([paths.QEMU_DIR / "tools/run", "depmod", "-b", folder,
                    release], check=True, timeout=120)
    shutil.rmtree(tmp)
    for deb in debs:
        deb.unlink()
    (folder / "done").write_text(json.dumps({"package": real}) + "\n")
    say(f"kernel {release}: {time.time() - begin:.1f} s")


def _fetch_vmlinux(suite, release, folder):
    begin = time.time()
    deb, = suite.download(f"linux-image-{release}-dbg")
    got = time.time() - begin
    tmp = pathlib.Path(f"{folder}.dbg")
    shutil.rmtree(tmp, ignore_errors=True)
    apt.unpack(deb, tmp, "./usr/lib/debug/*/vmlinux*")
    image, = (p for p in tmp.rglob("vmlinux*")      # a link in boot/ from 7.x
              if p.is_file() and not p.is_symlink())
    os.replace(image, folder / "vmlinux")
    shutil.rmtree(tmp)
    deb.unlink()
    say(f"vmlinux {release}: download {got:.1f} s, "
        f"unpack {time.time() - begin - got:.1f} s")


def source(suite_name):
    """The unpacked source of a suite's newest kernel, from linux-source."""
    with apt.Suite(suite_name) as suite:
        package = re.search(r"linux-source-[\d.]+", suite.show("linux-source")["Depends"])[0]
        folder = paths.cache("linux-source") / package
        with Locked(folder):
            if (folder / ".unpacked").exists():
                return folder
            begin = time.time()
            deb, = suite.download(package)
            tmp = pathlib.Path(f"{folder}.tmp")
            for old in (tmp, folder):
                shutil.rmtree(old, ignore_errors=True)
            apt.unpack(deb, tmp)
            deb.unlink()
            folder.mkdir()
            tar, = tmp.rglob("linux-source-*.tar.*")
            subprocess.run(["tar", "-C", folder, "--strip-components=1", "-xf", tar],
                           check=True, timeout=600)
            shutil.rmtree(tmp)
            (folder / ".unpacked").touch()
            say(f"{package}: {time.time() - begin:.1f} s")
    return folder


def headers(kernel_):
    """The folder in which modules of a fetched kernel are compiled, of its headers packages: make -C FOLDER M=..."""
    root = paths.cache("headers") / kernel_.release
    folder = root / f"usr/src/linux-headers-{kernel_.release}"
    with Locked(root):
        if (root / "done").exists():
            return folder
        shutil.rmtree(root, ignore_errors=True)
        with apt.Suite(_parse(kernel_.name)[1]) as suite:
            package = f"linux-headers-{kernel_.release}"
            more = re.findall(r"\b(linux-(?:headers|kbuild)-[\w.+-]+)", suite.show(package)["Depends"])
            merged_usr(root)
            for deb in suite.download(package, *more):
                apt.unpack(deb, root)
                deb.unlink()
        # they name each other by where they are installed
        for name in (folder / "Makefile", folder / ".kernelvariables"):
            if name.exists():
                name.write_text(name.read_text().replace("/usr/src/", f"{root}/usr/src/"))
        (root / "done").touch()
    return folder


def find_tool(name):
    """A program's path, also from the sbin folders."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin"
    found = shutil.which(name, path=path)
    if not found:
        raise apt.AptError(f"tool: {name}: not installed")
    return found


def tools(*more):
    """The readers' folder: a closed set of packages, run by its own ld.so;
    more: further ones that few scenarios need.
    It only grows, in place: runs may be using it, and another checkout's list
    of packages may be a different one. What is listed but not there (every
    package has its folder in usr/share/doc) is fetched again."""
    root = paths.cache() / f"tools-{TOOL_SUITE}"
    with Locked(root):
        done = root / ".done"
        have = set(done.read_text().split()) if done.exists() else set()
        have = {p for p in have if (root / "usr/share/doc" / p).exists()}
        wanted = set(TOOLS) | set(more)
        if have >= wanted:
            return root
        begin = time.time()
        want = sorted(have | wanted)
        with apt.Suite(TOOL_SUITE) as suite:
            debs = suite.download_closure(*want)
            got = time.time() - begin
            merged_usr(root)
            for deb in debs:
                apt.unpack(deb, root)
                deb.unlink()
        done.write_text("\n".join(want) + "\n")
        say(f"tools: {len(debs)} packages, download {got:.1f} s, "
            f"unpack {time.time() - begin - got:.1f} s")
    return root


def closed(name, suite_name, *packages, arch="amd64"):
    """A folder of its own with these packages and all that they need."""
    root = paths.cache() / (f"{name}-{suite_name}" + ("" if arch == "amd64" else f"-{arch}"))
    with Locked(root):
        done = root / ".done"
        have = set(done.read_text().split()) if done.exists() else set()
        if have >= set(packages):
            return root
        begin = time.time()
        want = sorted(have | set(packages))
        with apt.Suite(suite_name, arch) as suite:
            debs = suite.download_closure(*want)
            merged_usr(root)
            for deb in debs:
                apt.unpack(deb, root)
                deb.unlink()
        done.write_text("\n".join(want) + "\n")
        say(f"{name}: {len(debs)} packages, {time.time() - begin:.1f} s")
    return root


def single(package, path, suite="bookworm", arch="amd64"):
    """One file of a package whose dependencies nobody needs; run by
    tools.argv("--", file) or read."""
    root = paths.cache() / (f"single-{suite}" + ("" if arch == "amd64" else f"-{arch}"))
    file = root / package / path
    with Locked(root / package):
        if not file.exists():
            with apt.Suite(suite, arch) as debian:
                apt.unpack(debian.download(package)[0], root / package, f"./{path}")
    return file


def merged_usr(root):
    """The link skeleton that base-files would lay."""
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        if not (root / name).is_symlink():
            (root / name).symlink_to(f"usr/{name}")
