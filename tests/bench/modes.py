# SPDX-License-Identifier: MIT
"""What the benchmark runs: modes, their rows, and the limits of the project."""

import dataclasses

RSS_LIMIT = 16 << 20            # of every row of ours
SCALE = 1.8                     # two threads against one, where two CPUs are worth two


@dataclasses.dataclass(frozen=True)
class Row:
    """One program's run. SRC and DST stand for the files, KEPT for an ELF dump of what
    level 31 keeps; "-" is a pipe whose reader counts. time and size: at most this part of the mode's first row's."""
    name: str
    words: tuple
    time: float = None
    size: float = None
    twice: bool = False         # two of it at once: what two CPUs of this machine are worth
    one: str = None             # of two threads: the row with one, SCALE times as slow
    over: tuple = None          # a row's name, and how many times its time this may take


@dataclasses.dataclass(frozen=True)
class Mode:
    """Rows on one core, or in a capture kernel of so many CPUs, or starts of a
    capture; the first is the measure of the others. arch: in a capture kernel of another
    architecture, only when it is named."""
    core: str
    rows: tuple
    rounds: int = None          # where the usual number would take too long
    cpus: int = 0
    start: bool = False
    back: bool = False          # returns to production
    arch: str = None            # as uname -m says


def theirs(name, *words, **limits):
    """A row of makedumpfile."""
    return Row(f"makedumpfile {name}", ("makedumpfile", *words), **limits)


def ours(name, *words, **limits):
    """A row of kdump-dumper."""
    return Row(f"kdump-dumper {name}", ("kdump-dumper", *words), **limits)


def _dump(level, *more):
    """-z at a level: theirs, ours."""
    words = ("-z", "-d", level, "SRC", "DST")
    return (theirs("-z", *words), ours("-z, 1 thread", "--threads", "1", *words), *more)


def _one_and_two(one, two):
    """-z at level 31 with one thread, with two, and two of the first at once. one, two:
    their limits."""
    words = ("--threads", "1", "-z", *LOADED)
    first = ours("-z, 1 thread", *words, **one)
    return (first, ours("-z, 2 threads", "--threads", "2", "-z", *LOADED, one=first.name, **two),
            ours("-z, 1 thread, two at once", *words, twice=True))


def _stream(threads, more=(), what="", **limits):
    plural = "s" if threads > 1 else ""
    return ours(f"elf.zst |{what}, {threads} thread{plural}", "--format", "elf.zst",
                "--threads", str(threads), *more, "-d", "31", "SRC", "-", **limits)


LOADED = ("-d", "31", "SRC", "DST")
STRUCTS = ("--exclude", "struct-pages")

# libzstd with the parameters of -z over the same pages in memory: no dump can be faster
CODEC = Row("codec alone", ("bench/codec", "KEPT"))

CAPTURE = (theirs("-z", "-z", *LOADED), ours("-z", "-z", *LOADED),
           ours("-z, 1 thread", "--threads", "1", "-z", *LOADED))

MODES = {
    "loaded -d 31": Mode("loaded", (
        theirs("-z", "-z", *LOADED),
        theirs("-l", "-l", *LOADED),
        theirs("-c", "-c", *LOADED),
        CODEC,
        *_one_and_two({"time": 0.62, "size": 1.04, "over": (CODEC.name, 1.15)},
                      {"time": 0.36, "size": 1.04}),
        ours("-z, level 1, 1 thread", "--threads", "1", "--zstd-level", "1", "-z", *LOADED,
             time=0.95, size=1.0),
        _stream(1, time=0.5, size=0.8),
        _stream(2, time=0.28, size=0.8, one="kdump-dumper elf.zst |, 1 thread"),
        _stream(1, what=" two at once", twice=True),
        ours("-c, 1 thread", "--threads", "1", "-c", *LOADED),
    )),
    "loaded filter": Mode("loaded", (
        # one of its two filter passes, as it reports it
        theirs("filter pass", "--dry-run", "--message-level", "31", *LOADED),
        ours("--info", "--info", "SRC", time=0.35),
    )),
    "idle -d 1": Mode("idle", _dump("1")),
    "idle -d 0": Mode("idle", _dump("0")),
    "idle256 -d 31": Mode("idle256", (
        theirs("-z", "-z", *LOADED),
        *_one_and_two({}, {"time": 0.4}),
        ours("-z, no struct pages, 1 thread", "--threads", "1", *STRUCTS, "-z", *LOADED,
             time=0.12),
        ours("-z, no struct pages, 2 threads", "--threads", "2", *STRUCTS, "-z", *LOADED,
             time=0.12, size=0.12),
        _stream(2, STRUCTS, " no struct pages", time=0.12, size=0.12),
    )),
    # what counts is the memory they take
    "huge 16 TiB": Mode("huge", _dump(
        "31",
        ours("-z, 2 threads", "--threads", "2", "-z", *LOADED),
        _stream(2),
    ), rounds=1),
    # 0.30 s where a bare /init takes 0.14 s
    "start": Mode(None, (
        Row("bare /init, 7.2", ("bare-init",)),
        Row("kdump-init", ("kdump-init",), time=0.30 / 0.14),
    ), start=True),
    # what of the outage after a dump is left without the firmware
    "back": Mode(None, (
        Row("firmware (OVMF)", ("firmware",)),
        Row("final_action kexec", ("kexec",)),
    ), back=True),
    "capture, 1 CPU": Mode(None, CAPTURE, cpus=1),
    "capture, 2 CPUs": Mode(None, CAPTURE, cpus=2),
    "arch aarch64, 1 CPU": Mode(None, CAPTURE[:2], rounds=3, arch="aarch64"),
}


def _scaling(row, result):
    """What two threads are too slow by, as a line; None if they are not. Two CPUs that
    share a core, or whose other half somebody else uses, are worth less than two: then
    so much is asked for as two processes at once get."""
    factor = result[row.name].get("factor")
    if factor is None:
        return None
    worth = next((r["worth"] for r in result.values() if r.get("worth_of") == row.one), 2)
    if factor >= SCALE * min(worth, 2) / 2:
        return None
    return (f"{row.name}: {factor:.2f} times as fast as one thread, less than {SCALE}; two "
            f"processes at once get {worth:.2f}")


def judge(mode, result):
    """The limits that a mode misses, as lines. result: {row: measured}."""
    rows = [r for r in MODES[mode].rows if r.name in result]
    base = result.get(MODES[mode].rows[0].name)
    missed = []
    for row in rows:
        got = result[row.name]
        if row.words[0] == "kdump-dumper" and got["rss_bytes"] > RSS_LIMIT:
            missed.append(f"{row.name}: {got['rss_bytes'] / 2**20:.1f} MiB of memory")
        size = got["size"] / base["size"] if base.get("size") else 0
        if row.over and got.get("over", 0) > row.over[1]:
            missed.append(f"{row.name}: {got['over']:.2f} times the time of {row.over[0]}, "
                          f"more than {row.over[1]}")
        for what, ratio, limit in (("time", got["time"], row.time), ("size", size, row.size)):
            if limit and ratio > limit:
                missed.append(f"{row.name}: {what} is {ratio:.3f} of "
                              f"{rows[0].name.split()[0]}'s, more than {limit:.3g}")
        slow = _scaling(row, result)
        if slow:
            missed.append(slow)
    busy = max((g.get("others", 0) for g in result.values()), default=0)
    note = f" (others used up to {busy:.1f} CPUs meanwhile)" if busy > 0.2 else ""
    return [f"{mode}: {line}{note}" for line in missed]
