# SPDX-License-Identifier: MIT
"""Dumpers of another architecture in a capture kernel of their own: a guest that kdump-loader has armed crashes, and what its
crash kernel has on its image writes /proc/vmcore to the same disk in turn. Under emulation: a ratio says how the programs
compare, and seconds say nothing of a real machine."""

import re

import capture
import core
from lib import arch, crash, fetch, modules     # core has put their folder into the path

SUITE = "bookworm"      # of the kernels of today makedumpfile reads 6.1's dumps of aarch64
CRASHKERNEL = "320M"


class _Done(Exception):
    """All is measured."""


class _Watch:
    """Takes the guest's lines from the console."""

    def __init__(self, rows, rounds):
        self.rows, self.left = rows, len(rows) * rounds
        self.got = {r.name: [] for r in rows}

    def __call__(self, run, _at, text):
        if "capture kernel" not in run.events or "bench: " not in text:
            return
        text = text.split("bench: ", 1)[1]
        core.say(f"  {text}")
        took = capture.result(text)
        if took:
            self.got[self.rows[took[0]].name].append(took[1])
        self.left -= text.startswith("dump ")
        if not self.left:
            raise _Done
        if re.match("FAILED", text):
            raise core.CoreError(f"the capture kernel of {run.arch.uname}: {text}")


def _program(of, name):
    path = of.build / name
    if not path.exists():
        raise core.CoreError(f"{path}: not there; make bench BENCH=arch makes it")
    return path


def run(uname, rows, rounds):
    """{row name: [{wall_s, user_s, sys_s, rss_bytes, size}, …]} of rows in a capture kernel of this architecture,
    with one CPU."""
    of = arch.of(uname)
    kernel = fetch.kernel(SUITE, arch=of.debian, meta=of.kernel)
    guest = _program(of, "bench/guest")
    image = core.image(modules.resolve(kernel.modules, ["virtio_pci", "virtio_blk", *core.EXT4]),
                       capture.image(rows, of), guest)
    watch = _Watch(rows, rounds)
    options = crash.Options(kernel=kernel, arch=uname, crashkernel=CRASHKERNEL, mem="2G", smp=1, timeout=1800, quiet=600,
                            production=f"loglevel=6 rounds={rounds}", loader="--foreign-initrd",
                            guest_files={"boot/capture.img": (image, 0o600)}, disk_size="2G", net=None, on_line=watch)
    with crash.Crash(options) as told:
        try:
            told.go()
        except _Done:
            return watch.got
    raise core.CoreError(f"the capture kernel of {uname} has not measured all")
