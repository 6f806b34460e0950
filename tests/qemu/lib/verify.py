# SPDX-License-Identifier: MIT
"""Is a capture whole, and do independent readers agree about it?

Each check returns one line for the user; it raises CheckError otherwise."""

import hashlib
import json

from . import arch, paths, readers, schema, tools

CRASH_FRAME = "sysrq_handle_crash"


class CheckError(Exception):
    """What was captured is not what it must be."""


def check(condition, text):
    """CheckError with text unless condition."""
    if not condition:
        raise CheckError(text)


def folder(run, state="complete"):
    """The dump's folder: all four files, nothing unfinished, state right."""
    check(run.dump, "no dump: no kdump.json among: " + ", ".join(run.files()))
    names = {p.name for p in run.dump.iterdir()}
    for name in ("dmesg.txt", "kdump.json", "kdump.log"):
        check(name in names, f"{run.dump.name}: {name} is missing")
    report(run)
    check(run.core, f"{run.dump.name}: no vmcore")
    partial = [f for f in run.files() if f.endswith(".partial")]
    check(not partial, f"unfinished files: {', '.join(partial)}")
    check(run.report.get("state") == state,
          f"kdump.json: state {run.report.get('state')!r}")
    _digest(run)
    size = run.core.stat().st_size
    return f"{run.dump.name}/{run.core.name}: {size / 1e6:.1f} MB"


def report(run):
    """kdump.json is as configs/kdump.schema.json says; so is dmesg.txt's sum."""
    text = (paths.TOP / "configs/kdump.schema.json").read_text("utf-8")
    wrong = list(schema.faults(json.loads(text), run.report))
    check(not wrong, "kdump.json: " + "; ".join(wrong))
    log = run.report["dmesg"]
    if log:
        _same_sum(run.dump / log["file"], log["sha256"])
    return "kdump.json: as its schema says"


def _same_sum(path, wanted, offset=0, size=None):
    """wanted is the sha256 of size bytes (None: all) from offset on."""
    left = path.stat().st_size - offset if size is None else size
    digest = hashlib.sha256()
    with open(path, "rb") as f:
        f.seek(offset)
        while left and (piece := f.read(min(left, 1 << 20))):
            digest.update(piece)
            left -= len(piece)
    got = digest.hexdigest()
    check(got == wanted and not left,
          f"{path.name}: sha256 {got} from {offset} on, kdump.json says {wanted}")


def _digest(run):
    """sha256 in kdump.json: of the vmcore, or of two parts that are all of it."""
    core = run.report["vmcore"]
    parts = core["sha256_parts"] or []
    if core["sha256"]:
        parts = [{"offset": 0, "bytes": run.core.stat().st_size, "sha256": core["sha256"]}]
    if run.report["state"] == "partial":
        return
    check(core["bytes_written"] == run.core.stat().st_size,
          f"{run.core.name} has {run.core.stat().st_size} bytes, kdump.json says "
          f"{core['bytes_written']}")
    check(sum(p["bytes"] for p in parts) == run.core.stat().st_size,
          f"kdump.json: the checksums are not those of all bytes: {parts}")
    for part in parts:
        _same_sum(run.core, part["sha256"], part["offset"], part["bytes"])


def dmesg(run):
    """dmesg.txt: the log of the dead kernel, up to its panic."""
    lines = dmesg_lines(run)
    # arm64 says first on which CPU it boots
    check(any("Linux version " + run.kernel.release in l for l in lines[:2]),
          f"dmesg.txt: begins with {lines[0]!r}")
    check(any("Kernel panic - not syncing" in l for l in lines),
          "dmesg.txt: no panic line")
    return f"dmesg.txt: {len(lines)} lines, from boot to panic"


def dmesg_lines(run):
    """dmesg.txt as lines."""
    text = (run.dump / "dmesg.txt").read_text(errors="surrogateescape")
    return text.rstrip("\n").split("\n")


def makedumpfile(run):
    """makedumpfile refilters the dump and prints the log."""
    core = run.core
    if core.name.endswith(".flat"):
        core = readers.unflatten(core, run.work / "unflattened")
    got = readers.makedumpfile(core, run.work)
    check(any("Kernel panic" in l for l in got["dmesg"]),
          "makedumpfile: no panic line in its log")
    return f"makedumpfile: log of {len(got['dmesg'])} lines, refiltered to " \
           f"{got['size'] / 1e6:.1f} MB"


def log_of(run, core):
    """makedumpfile finds the log in a dump that lacks too much to be filtered."""
    out = run.work / "log"
    tools.run("makedumpfile", "--dump-dmesg", "-f", core, out)
    check("Kernel panic - not syncing" in out.read_text(errors="replace"),
          f"{core.name}: makedumpfile: no panic line in its log")


def libkdumpfile(run):
    """libkdumpfile reads every page, and as many as kdump.json counts."""
    got = readers.libkdumpfile(run.core)
    run.seen_by_libkdumpfile = got
    check(got["release"] == run.kernel.release,
          f"libkdumpfile: release {got['release']}")
    core = run.report.get("vmcore") or {}
    counted = core.get("pages", {}).get("saved")
    # an ELF core that was converted has the short gaps between its pages too
    check(counted is None or core["file"] != run.core.name or counted == got["pages"],
          f"libkdumpfile: {got['pages']} pages, kdump.json says {counted}")
    return f"libkdumpfile: {got['format']}, {got['pages']} pages read, " \
           f"{got['excluded']} not in the dump"


def crash(run):
    """crash: sys, bt, log and ps; the log is dmesg.txt line by line."""
    got = readers.crash(run.kernel.vmlinux, run.core, of=getattr(run, "arch", None))
    run.seen_by_crash = got
    check(run.kernel.release in got["sys"], "crash: sys: wrong release")
    check(CRASH_FRAME in got["bt"], f"crash: bt: no {CRASH_FRAME}")
    check(len(got["tasks"]) > 40, f"crash: ps: {len(got['tasks'])} tasks")
    ours = dmesg_lines(run)
    for n, pair in enumerate(zip(got["log"], ours), 1):
        check(pair[0] == pair[1], f"dmesg.txt:{n}: {pair[1]!r}, crash's log "
                                  f"has {pair[0]!r}")
    check(len(got["log"]) == len(ours), f"dmesg.txt: {len(ours)} lines, "
          f"crash's log has {len(got['log'])}")
    note = " (--no_modules)" if got["options"] else ""
    return f"crash{note}: {len(got['tasks'])} tasks, the log equals dmesg.txt"


def drgn(run):
    """drgn: the crashed thread's stack, and the same tasks as crash sees."""
    got = readers.drgn(run.kernel.vmlinux, getattr(run, "core_for_drgn", run.core))
    run.seen_by_drgn = got
    check(got["release"] == run.kernel.release, "drgn: wrong release")
    check(CRASH_FRAME in got["trace"], f"drgn: no {CRASH_FRAME} in the stack")
    seen = getattr(run, "seen_by_crash", None)
    check(seen is None or seen["tasks"] == got["tasks"],
          "drgn: other tasks than crash's")
    return f"drgn: {len(got['tasks'])} tasks, stack of the panic task"


READERS = {"makedumpfile": makedumpfile, "libkdumpfile": libkdumpfile,
           "crash": crash, "drgn": drgn}


def usable(run, names=None):
    """Readers that can work here: some need the kernel's debug symbols."""
    return [n for n in (names or getattr(run, "arch", arch.of("x86_64")).readers or readers.ALL)
            if run.kernel.vmlinux or n not in readers.NEED_SYMBOLS]


def everything(run, names=None):
    """All checks; yields one line each."""
    yield folder(run)
    yield dmesg(run)
    for name in usable(run, names):
        yield READERS[name](run)


