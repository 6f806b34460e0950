# SPDX-License-Identifier: MIT
"""A loaded guest's core against makedumpfile, and each format against each reader.

The guests crash with their RAM in a file (tests/bench/core.py): that takes no
capture, and makedumpfile and kdump-dumper see the same bytes."""

import contextlib
import dataclasses
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

from . import fetch, guest, paths, readers, tools
from .verify import CRASH_FRAME, CheckError, check

sys.path.insert(0, str(paths.TOP / "tests/bench"))
import core as cores

LOAD = {"mem_mib": 768, "load": 1, "content_mib": 200, "tmpfs_mib": 60, "anon_mib": 90,
        "small_mib": 50, "huge_mib": 16, "trees": 2, "pipes": 50}
LEVELS = (0, 1, 16, 17, 31)
# what a case adds to the load; the names are put together as a case's "with"
EXTRAS = {
    "1G pages": {"mem_mib": 3072, "huge_gib": 1, "append": "hugepagesz=1G hugepages=1"},
    "hotplug": {"hotplug_mib": 384},
    "poisoning": {"append": "page_poison=1 init_on_free=1 debug_pagealloc=1"},
    "zram": {"zram_mib": 64},
    "zswap": {"zram_mib": 64, "append": "zswap.enabled=1"},
}
PAGING = {4: "max,la57=off", 5: "max"}


@dataclasses.dataclass(frozen=True)
class Format:
    """A format: its options, the programs that read it as it is, and how it
    becomes one that all of them read."""
    name: str
    words: tuple
    readers: tuple = readers.ALL
    plain: str = None           # "unflatten" or "zstd -d"
    same_layout: bool = False   # as one above, with another codec
    refilters: bool = True      # its struct pages are there: makedumpfile can filter it again


FORMATS = (
    Format("kdump -z", ("-z",)),
    Format("kdump -c", ("-c",), same_layout=True),
    Format("kdump -l", ("-l",), same_layout=True),
    Format("kdump stored", (), same_layout=True),
    Format("kdump -z, no struct pages", ("-z", "--exclude", "struct-pages"),
           ("crash", "drgn", "libkdumpfile"), refilters=False),
    Format("kdump-classic -z", ("-z", "--format", "kdump-classic")),
    Format("flattened -z", ("-z", "-F"), ("crash", "drgn", "libkdumpfile"), "unflatten"),
    Format("ELF", ("-E",)),
    Format("elf.zst", ("--format", "elf.zst"), (), "zstd -d"),
)


def settings(suite, levels=4, package=None, extras=()):
    """What core.make wants, for a kernel, levels of page tables, EXTRAS."""
    got = {**LOAD, "suite": f"{package}/{suite}" if package else suite,
           "cpu": PAGING[levels]}
    words = []
    for extra in extras:
        more = dict(EXTRAS[extra])
        words.append(more.pop("append", ""))
        got |= more
    return got | {"append": " ".join(words)}


@contextlib.contextmanager
def made(wanted, debug=True):
    """(core file, its kernel, a folder that is deleted with it). debug: with symbols."""
    with tempfile.TemporaryDirectory(dir=paths.cache("bench")) as tmp:
        tmp = pathlib.Path(tmp)
        kernel = fetch.kernel(wanted["suite"],
                              debug=debug and not os.environ.get("NO_DEBUG"))
        cores.make(wanted, tmp / "core")
        yield tmp / "core", kernel, tmp


def dump(core, out, *words):
    """kdump-dumper with these words."""
    out.unlink(missing_ok=True)
    done = subprocess.run([guest.program("kdump-dumper"), *words, core, out], text=True,
                          capture_output=True, timeout=300, check=False)
    check(done.returncode == 0, f"kdump-dumper {' '.join(words)}: exit "
          f"{done.returncode}: {done.stderr[-1000:]}")


def compare(core, theirs, ours, what):
    """The last line of kdump-compare; a CheckError if a page is missing or
    wrong. Ours may keep more where it can say why."""
    done = subprocess.run([paths.BUILD / "kdump-compare", "-c", core, theirs, ours],
                          capture_output=True, text=True, timeout=300, check=False)
    last = done.stdout.strip().splitlines()[-1] if done.stdout else done.stderr
    check(done.returncode in (0, 3) and last.endswith("unexplained 0"),
          f"{what}: {done.stdout[-3000:]}{done.stderr}")
    return last


def filtered(core, folder, levels=LEVELS, makedumpfile=()):
    """Both filter at each level; yields a line each. The last level's dumps
    stay as folder/theirs and folder/ours. makedumpfile: the words that run
    another one than this machine's."""
    theirs, ours = folder / "theirs", folder / "ours"
    for level in levels:
        theirs.unlink(missing_ok=True)
        words = ("-z", "-d", str(level), str(core), str(theirs))
        if makedumpfile:
            done = subprocess.run([*makedumpfile, *words], check=False, timeout=1800, text=True, errors="replace",
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            check(done.returncode == 0, f"makedumpfile -d {level}: {done.stdout[-1000:]}")
        else:
            tools.run("makedumpfile", *words, timeout=300)
        dump(core, ours, "-z", "-d", str(level))
        yield f"-d {level}: {compare(core, theirs, ours, f'-d {level}')}"


def plain(fmt, file, folder):
    """The file that every reader opens."""
    out = folder / "plain"
    out.unlink(missing_ok=True)
    if fmt.plain == "unflatten":
        return readers.unflatten(file, out)
    if fmt.plain:
        tools.run("zstd", "-d", "-q", file, "-o", out, timeout=300)
        return out
    return file


def refiltered(core, file, folder):
    """makedumpfile makes of it what it makes of the core, page by page."""
    again = folder / "again"
    again.unlink(missing_ok=True)
    tools.run("makedumpfile", "-z", "-d", 31, file, again, timeout=300)
    compare(core, folder / "theirs", again, "refiltered by makedumpfile")
    again.unlink()


def _digest(file):
    with open(file, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def opened(fmt, core, file, kernel, folder, brief, seen):
    """Every reader of a format looks at a dump; the line about it. brief: not
    those again that have seen the layout. seen: {digest: format} of what all
    of them have read, which they need not again."""
    whole = plain(fmt, file, folder)
    digest = _digest(whole)
    if fmt.plain and digest in seen:
        return f"after {fmt.plain} the same bytes as {seen[digest]}"
    seen[digest] = fmt.name
    said = ["makedumpfile"] if fmt.refilters else []
    if fmt.refilters:
        refiltered(core, whole, folder)
    looks = [(file, n) for n in fmt.readers if n in LOOK]
    if whole != file and not (brief and looks):
        looks += [(whole, n) for n in LOOK]
    for target, name in looks:
        if ((brief and fmt.same_layout) or not kernel.vmlinux) and name in readers.NEED_SYMBOLS:
            continue
        how = "" if target == file else f" after {fmt.plain}"
        said.append(LOOK[name](kernel, target) + how)
    return ", ".join(said)


def _crash(kernel, file):
    got = readers.crash(kernel.vmlinux, file)
    check(kernel.release in got["sys"], "crash: sys: wrong release")
    check(CRASH_FRAME in got["bt"], f"crash: bt: no {CRASH_FRAME}")
    check(len(got["tasks"]) > 40, f"crash: ps: {len(got['tasks'])} tasks")
    return f"crash {len(got['tasks'])} tasks"


def _drgn(kernel, file):
    got = readers.drgn(kernel.vmlinux, file)
    check(got["release"] == kernel.release, "drgn: wrong release")
    check(CRASH_FRAME in got["trace"], f"drgn: no {CRASH_FRAME} in the stack")
    return f"drgn {len(got['tasks'])} tasks"


def _libkdumpfile(kernel, file):
    got = readers.libkdumpfile(file)
    check(got["release"] == kernel.release, f"libkdumpfile: release {got['release']}")
    return f"libkdumpfile {got['pages']} pages"


LOOK = {"crash": _crash, "drgn": _drgn, "libkdumpfile": _libkdumpfile}


def formats(core, kernel, folder, brief=False):
    """Each format of FORMATS in each reader at level 31; yields a line each.
    folder/theirs is makedumpfile's dump of that level."""
    out, seen = folder / "dump", {}
    for fmt in FORMATS:
        dump(core, out, *fmt.words, "-d", "31")
        try:
            yield f"{fmt.name}: {out.stat().st_size / 1e6:.1f} MB: " \
                  f"{opened(fmt, core, out, kernel, folder, brief, seen)}"
        except (readers.ReaderError, tools.ToolError) as err:
            raise CheckError(f"{fmt.name}: {err}") from err


def cases(suite):
    """{name: settings()}: what a suite's kernels are tried with."""
    normal = "linux-image-amd64"
    return {
        "cloud, 5 levels, 1G pages": settings(suite, 5, None, ("1G pages",)),
        "cloud, 4 levels, poisoning, zswap": settings(suite, 4, None, ("poisoning", "zswap")),
        "cloud, 4 levels, hotplug": settings(suite, 4, None, ("hotplug",)),
        "normal, 4 levels, 1G pages, zram": settings(suite, 4, normal, ("1G pages", "zram")),
        "normal, 5 levels, hotplug, poisoning, zswap":
            settings(suite, 5, normal, ("hotplug", "poisoning", "zswap")),
    }


def run_cases(wanted_cases):
    """All cases, {name: settings()}; says each result, and fails at the end if
    one did."""
    failed = []
    for name, wanted in wanted_cases.items():
        print(f"{name}:", flush=True)
        with made(wanted) as (core, kernel, folder):
            for step in (filtered(core, folder), formats(core, kernel, folder)):
                failed += [f"{name}: {line}" for line in _tell(step)]
    check(not failed, "\n".join(failed))


def _tell(step):
    """Prints the lines of a step; [what failed]."""
    try:
        for line in step:
            print(f"  ok: {line}", flush=True)
    except CheckError as err:
        print(f"  FAILED: {err}", flush=True)
        return [str(err)]
    return []
