#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""At levels 0, 1, 16, 17 and 31 the dump's pages are makedumpfile's: 6.1, 6.12, 7.2.

Loaded guests (page cache, tmpfs, anonymous and huge memory, processes, pipes)
crash with their RAM in a file. makedumpfile and kdump-dumper filter the same
core; kdump-compare looks at every page and its bytes. Ours may keep more where
it can say why, and never less. Also: each dump of ours is opened by libkdumpfile."""

import pathlib
import subprocess
import sys
import tempfile

from lib import paths, readers, tools
from lib.scenario import check, main

sys.path.insert(0, str(paths.TOP / "tests/bench"))
import core as cores  # noqa: E402

LOAD = {"mem_mib": 768, "load": 1, "content_mib": 200, "tmpfs_mib": 60, "anon_mib": 90,
        "small_mib": 50, "huge_mib": 16, "trees": 2, "pipes": 50}
# 5-level page tables on one of them
KERNELS = (("bookworm", "max,la57=off"), ("trixie", "Skylake-Server-v4"), ("sid", "max"))
LEVELS = (0, 1, 16, 17, 31)


def compare(core, level, folder):
    """The last line of kdump-compare; a CheckError if a page is missing or wrong."""
    theirs, ours = folder / "theirs", folder / "ours"
    for file in (theirs, ours):
        file.unlink(missing_ok=True)
    tools.run("makedumpfile", "-z", "-d", level, core, theirs, timeout=300)
    dumper = subprocess.run([paths.BUILD / "kdump-dumper", "-z", "-d", str(level), core, ours],
                            capture_output=True, text=True, timeout=300, check=False)
    check(dumper.returncode == 0, f"kdump-dumper -d {level}: {dumper.stderr}")
    done = subprocess.run([paths.BUILD / "kdump-compare", "-c", core, theirs, ours],
                          capture_output=True, text=True, timeout=300, check=False)
    last = done.stdout.strip().splitlines()[-1] if done.stdout else done.stderr
    check(done.returncode in (0, 3) and last.endswith("unexplained 0"),
          f"-d {level}: {done.stdout[-3000:]}{done.stderr}")
    return last


def story():
    with tempfile.TemporaryDirectory(dir=paths.cache("bench")) as tmp:
        tmp = pathlib.Path(tmp)
        for suite, cpu in KERNELS:
            core = tmp / "core"
            cores.make({**LOAD, "suite": suite, "cpu": cpu}, core)
            for level in LEVELS:
                print(f"{suite} -d {level}: {compare(core, level, tmp)}")
            print(f"{suite} -d 31:", readers.libkdumpfile(tmp / "ours"))
            core.unlink()


main(story)
