# SPDX-License-Identifier: MIT
"""Crash kernels of our own: configs/crash-kernel/build, and dumps against the dead kernel's RAM."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

from . import arch, fetch, paths, tools
from .scenario import check

BUILD = paths.TOP / "configs/crash-kernel/build"
PRODUCTION = paths.QEMU_DIR / "kernel/production"
PANICS = paths.QEMU_DIR / "kernel/panics"
DEVDUMP = paths.QEMU_DIR / "kernel/devdump"
NO_FILE_CALL = paths.QEMU_DIR / "kernel/no-file-call"
AARCH64_FLASH = paths.QEMU_DIR / "kernel/aarch64-flash"
AARCH64_64K = paths.QEMU_DIR / "kernel/aarch64-64k"
AARCH64_39BIT = paths.QEMU_DIR / "kernel/aarch64-39bit"
AARCH64_16K = paths.QEMU_DIR / "kernel/aarch64-16k"
READER = paths.QEMU_DIR / "readers/kdumpfile_ram.py"
NEEDED = {"flex": "flex", "bison": "bison", "bc": "bc", "zstd": "zstd"}


def fragments(uname="x86_64"):
    """The names of all fragments that are for this architecture."""
    others = set(arch.ARCHS) - {uname}
    if uname != "x86_64":
        others.add("sme")
    return sorted(f.name for f in BUILD.parent.iterdir()
                  if f.name not in ("build", "README.md", *others))


def _run(out, *words, timeout, uname="x86_64"):
    needed = NEEDED if uname == "x86_64" else NEEDED | {f"{uname}-linux-gnu-gcc": f"gcc-{uname}-linux-gnu"}
    missing = [pkg for prog, pkg in needed.items() if not shutil.which(prog)]
    check(not missing, f"please install: {' '.join(missing)} libelf-dev")
    # a session of its own, so that a time limit ends make's compilers too
    with subprocess.Popen([BUILD, "-a", uname, "-o", out, *words], text=True, start_new_session=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as build_:
        try:
            said, _ = build_.communicate(timeout=timeout)
        finally:
            if build_.poll() is None:
                os.killpg(build_.pid, signal.SIGKILL)
    return build_.returncode, said.strip()


def configure(out, *names, uname="x86_64"):
    """(exit code, what was said) of a configuration alone."""
    return _run(out, "-n", *names, timeout=600, uname=uname)


def _image(out, uname):
    return out / ("bzImage" if uname == "x86_64" else "Image")


def build(*names, suite=None, uname="x86_64"):
    """The bzImage (Image elsewhere) of these fragments, by name or as files, built
    once; of this suite's source or of the system's."""
    out = paths.BUILD / f"test/crash-kernel-{'-'.join(pathlib.Path(n).name for n in names)}"
    image = _image(out, uname)
    if not image.exists():
        src = ("-s", fetch.source(suite)) if suite else ()
        code, said = _run(out, *src, *names, timeout=4 * 3600, uname=uname)
        check(code == 0 and image.exists(), f"crash kernel: exit {code}: {said}")
    return image


def production(suite, fragment=PRODUCTION, uname="x86_64"):
    """A fetch.Kernel: production and crash kernel in one, from this suite's
    linux-source, with what Debian's kernels leave out (kernel/production)."""
    src = fetch.source(suite)
    out = paths.BUILD / f"test/{fragment.name}-{suite}"
    image, root = _image(out, uname), out / "root"
    if not image.exists():
        code, said = _run(out, "-s", src, fragment, timeout=4 * 3600, uname=uname)
        check(code == 0 and image.exists(), f"production kernel: exit {code}: {said}")
    release = (out / "include/config/kernel.release").read_text().strip()
    modules = root / "lib/modules" / release
    if not (modules / "modules.dep").exists():
        modules.mkdir(parents=True, exist_ok=True)
        if fragment == PRODUCTION:
            _module(src, out, DEVDUMP, modules)
        for name in ("modules.builtin", "modules.builtin.modinfo"):
            shutil.copy(out / name, modules)
        (modules / "modules.order").touch()
        tools.run("depmod", "-b", root, release)
    symbols = "CONFIG_DEBUG_INFO=y" in (out / "config").read_text().split("\n")
    return fetch.Kernel(release, image, root, out / "vmlinux" if symbols else None, name=f"{suite}'s source")


def _module(src, out, folder, dest):
    """Compiles folder's module and puts it into dest."""
    here = out / folder.name
    shutil.rmtree(here, ignore_errors=True)
    shutil.copytree(folder, here)
    for words in (("modules_prepare",), (f"M={here}", "KBUILD_MODPOST_WARN=1", "modules")):
        done = subprocess.run(["make", "-s", "-C", src, f"O={out}", "ARCH=x86_64",
                               "LOCALVERSION=-kdump", *words], check=False, timeout=3600,
                              text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        check(done.returncode == 0, f"{folder.name}: make {words[-1]}: {done.stdout[-2000:]}")
    shutil.copy(here / f"{folder.name}.ko", dest)


class Snapshot:
    """The dead kernel's memory at the time of the dump, before the next kernel
    starts in it: options(**snapshot.options()) of a run."""

    def __init__(self):
        self.file = None
        self.paused = 0.0       # seconds for which the machine stood still

    def options(self):
        """For crash.Options."""
        return {"more_args": self._args, "on_line": self._watch}

    @staticmethod
    def _args(run):
        return ["-machine", "memory-backend=ram", "-object",
                f"memory-backend-file,id=ram,share=on,size={run.o.mem},"
                f"mem-path={run.work / 'ram'}"]

    def _watch(self, run, _at, _text):
        if self.file or "vmcore" not in run.events:
            return
        begin = time.monotonic()
        run.machine.qmp("stop")
        self.file = run.work / "ram-at-dump"
        subprocess.run(["cp", "--sparse=always", run.work / "ram", self.file],
                       check=True, timeout=600)
        run.machine.qmp("cont")
        self.paused = time.monotonic() - begin

    def compare(self, dump):
        """Each page of the dump is what the RAM held; says how many."""
        said = tools.run("python3", READER, dump, self.file, timeout=1800)
        check(" differ" not in said, said)
        return said.strip()
