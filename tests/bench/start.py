# SPDX-License-Identifier: MIT
"""From /init to the mounted target, in the crash kernel of a guest that crashed:
kdump-init beside bare-init.c, which does nothing else, in turn.

Most of that time is the kernel's: code that runs for the first time, which an
emulator must translate. So it says more of the machine than of an /init, and a
ratio to the least that there is says more than seconds."""

import re

import core  # noqa: F401  (it puts the folder of lib into the path)
from lib import crash, paths

SUITE = "sid"
LINE = re.compile(r"(?:kdump|bare)-init: +(\d+\.\d+) (main: |target: .*: mounted)")


class _Mounted(Exception):
    """The rest of a capture is not measured."""


class _Watch:
    """Takes the times of both lines from the console."""

    def __init__(self):
        self.first = self.mounted = None

    def __call__(self, run, _at, text):
        found = LINE.search(text)
        if not found or "capture kernel" not in run.events:
            return
        if self.first is None:
            self.first = float(found[1])
        elif found[2] != "main: ":
            self.mounted = float(found[1])
            raise _Mounted


def _once(program):
    """Seconds of one start."""
    watch = _Watch()
    bare = {"init": ((paths.BUILD / "bench/bare-init").read_bytes(), 0o755)}
    options = crash.Options(kernel=SUITE, crashkernel="128M", load=False, net=None,
                            overlay=bare if program == "bare-init" else None, on_line=watch)
    with crash.Crash(options) as run:
        try:
            run.go()
        except _Mounted:
            return watch.mounted - watch.first
    raise crash.CrashError(f"{program}: nothing was mounted")


def run(rows, rounds):
    """{row name: [{wall_s}, …]}"""
    return {row.name: got for row, got in
            zip(rows, zip(*([{"wall_s": _once(row.words[0])} for row in rows]
                            for _ in range(rounds))))}
