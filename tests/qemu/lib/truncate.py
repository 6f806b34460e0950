# SPDX-License-Identifier: MIT
"""Dumps that were cut at a random byte, and what --recover saves of them.

Either a dump comes out that readers open, all of whose pages are the whole
dump's; or one line says why not, and no file is left."""

import collections
import concurrent.futures
import os
import pathlib
import random
import re
import subprocess
import tempfile

from . import guest, matrix, paths, readers, tools
from .verify import CheckError, check

SEED = 3                        # the same cuts each time
# a guest of which most is not kernel image
LOAD = matrix.LOAD | {"content_mib": 80, "tmpfs_mib": 40, "anon_mib": 60, "small_mib": 60}
SUMMARY = re.compile(r"only in B (\d+), bytes differ (\d+), .* unreadable 0/0")
UNFINISHED = "marked incomplete when it was made"


def command(*words):
    """kdump-dumper: (exit status, lines of stderr)."""
    done = subprocess.run([guest.program("kdump-dumper"), *words], text=True,
                          capture_output=True, timeout=300, check=False)
    return done.returncode, done.stderr.strip().splitlines()


def refused(work, lines):
    """One clear line, and nothing left behind."""
    check(len(lines) == 1 and lines[0].startswith("kdump-dumper: "),
          f"not one line: {lines}")
    left = [p.name for p in work.iterdir() if p.name.startswith("saved")]
    check(not left, f"left behind: {left}")
    return "refused: " + lines[0].split(": ", 2)[-1]


def compared(whole, saved):
    """Its pages are the whole dump's."""
    done = subprocess.run([paths.BUILD / "kdump-compare", whole, saved], text=True,
                          capture_output=True, timeout=300, check=False)
    found = SUMMARY.search(done.stdout)
    check(found and found[1] == found[2] == "0", f"{done.stdout[-500:]}{done.stderr}")


def _crash(vmlinux, saved, extra):
    """Did crash come to its prompt and show the kernel's release?"""
    done = subprocess.run([*tools.argv("crash"), "-s", *extra, vmlinux, saved],
                          input="log\n!echo @@end\nexit\n", text=True, timeout=300,
                          errors="replace", check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return "@@end" in done.stdout and "Kernel panic" in done.stdout


def opened(kernel, saved, crash):
    """With how little help crash opens it; or that libkdumpfile does."""
    got = readers.libkdumpfile(saved)
    check(got["release"] == kernel.release, f"libkdumpfile: release {got['release']}")
    if not crash or not kernel.vmlinux:
        return "libkdumpfile"
    for extra in ([], ["--zero_excluded"], ["--minimal"]):
        if _crash(kernel.vmlinux, saved, extra):
            return " ".join(["crash", *extra])
    return "libkdumpfile alone"


def cut(kernel, whole, size, parent, crash):
    """What becomes of the first size bytes; the reason counts, not its numbers."""
    with tempfile.TemporaryDirectory(dir=parent) as work:
        work = pathlib.Path(work)
        piece, saved = work / "cut", work / "saved"
        with open(whole, "rb") as f:
            piece.write_bytes(f.read(size))
        status, lines = command("--recover", piece, saved)
        check(status in (0, 1), f"--recover: exit {status}: {lines}")
        if status:
            return refused(work, lines)
        status, lines = command("--verify", saved)
        check(status == 0 or (len(lines) == 1 and UNFINISHED in lines[0]),
              f"--verify: exit {status}: {lines}")
        compared(whole, saved)
        return opened(kernel, saved, crash)


def sizes(whole, n):
    """n of them."""
    rng = random.Random(SEED)
    return [rng.randrange(whole.stat().st_size) for _ in range(n)]


def dump_and_cut(core, kernel, work, words, n, crash=False):
    """One format: n cuts, as many at a time as there are CPUs; yields lines."""
    work, seen = pathlib.Path(work), collections.Counter()
    whole = work / "whole"
    matrix.dump(core, whole, "-z", "-d", "31", *words)

    def one(size):
        try:
            return cut(kernel, whole, size, work, crash)
        except (CheckError, readers.ReaderError, subprocess.TimeoutExpired) as err:
            raise CheckError(f"cut at {size} of {whole.stat().st_size}: {err}") from err

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        seen.update(pool.map(one, sizes(whole, n)))
    for what, times in seen.most_common():
        yield f"{times} of {n}: {what}"
    check(any(not w.startswith("refused") for w in seen), "none could be saved")
