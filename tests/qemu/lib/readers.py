# SPDX-License-Identifier: MIT
"""What independent readers make of a dump. Each raises ReaderError when the
dump does not open or lacks what a dump must have."""

import json
import pathlib
import re
import subprocess

from . import fetch, paths, tools

NEED_SYMBOLS = ("crash", "drgn")
ALL = ("makedumpfile", "libkdumpfile", "crash", "drgn")
COMMANDS = ("sys", "bt", "log", "ps")
SCRIPTS = paths.QEMU_DIR / "readers"
PID_LINE = re.compile(r"^[>\s]+(\d+)\s+(\d+)\s+(\d+)\s+([0-9a-f]{16})\s+(\w\w)"
                      r"\s+\S+\s+\d+\s+\d+\s+(.*)$", re.M)


class ReaderError(Exception):
    """A reader refuses the dump or finds it wanting."""


# does not know struct module of 7.x; opening a dump only to find that out takes half a minute
_CRASH_OLD = "crash 9.0.2"


def _ways_to_open(vmlinux):
    """The options of crash that are tried in turn."""
    plain, without = [], ["--no_modules"]
    release = pathlib.Path(vmlinux).parent.name
    if re.match(r"[7-9]\.", release) and \
            _CRASH_OLD in tools.run("crash", "--version", timeout=60).split("\n"):
        return [without]
    return [plain, without]


def crash(vmlinux, core, live=False, of=None):
    """crash: {sys, bt, log, tasks: {pid: command}} as text. live: of a machine
    that ran on, where there is no panic to be found; of: of this architecture
    (arch.Arch) where that is not this machine's."""
    for extra in _ways_to_open(vmlinux):
        text = _crash(vmlinux, core, extra, ("sys", "log", "ps") if live else COMMANDS, of)
        if "invalid structure member offset: module_" not in text:
            break
    parts = dict(re.findall(r"^@@(\w+)\n(.*?)(?=^@@|\Z)", text, re.M | re.S))
    if live:
        parts["bt"] = ""
    if set(parts) < {*COMMANDS, "end"}:
        raise ReaderError(f"crash: {core}: {text.strip()[-1500:]}")
    tasks = {int(m[1]): m[6].strip("[]") for m in
             PID_LINE.finditer(parts["ps"]) if int(m[1])}
    return {"sys": parts["sys"], "bt": parts["bt"], "tasks": tasks,
            "log": parts["log"].rstrip("\n").split("\n"), "options": extra}


def _crash_of(of):
    """The words that run crash, and a time limit: one reads only its own architecture's dumps, and under
    emulation takes minutes to read the symbols."""
    if not of or of.native:
        return tools.argv("crash"), 300
    root = fetch.closed("crash", fetch.TOOL_SUITE, "crash", arch=of.debian)
    return of.argv(root / "usr/bin/crash", root), 3600


def _crash(vmlinux, core, extra, names, of):
    commands = "".join(f"!echo @@{c}\n{c}\n" for c in names)
    words, limit = _crash_of(of)
    try:
        done = subprocess.run(
            [*words, "-s", *extra, str(vmlinux), str(core)],
            input=commands + "!echo @@end\nexit\n", text=True, timeout=limit,
            errors="replace", check=False, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired as err:
        raise ReaderError(f"crash: {core}: no end after {limit} s") from err
    if done.returncode:
        return f"{done.stdout}\nexit status {done.returncode}"
    return done.stdout


def _script(name, *args, timeout=300):
    """Run readers/NAME in the readers' Python; it prints one JSON object."""
    try:
        out = tools.run("python3", SCRIPTS / name, *args, timeout=timeout)
    except tools.ToolError as err:
        raise ReaderError(f"{name}: {err}") from err
    for line in out.splitlines():
        if line.startswith("{"):
            return json.loads(line)
    raise ReaderError(f"{name}: no answer: {out.strip()[-1500:]}")


def drgn(vmlinux, core):
    """drgn: {release, tasks: {pid: command}, trace: [frames]}."""
    got = _script("drgn_tasks.py", vmlinux, core)
    got["tasks"] = {int(k): v for k, v in got["tasks"].items()}
    return got


def drgn_live(vmlinux, core):
    """drgn: {release, tasks: {pid: command}} of a machine that ran on."""
    got = _script("drgn_live.py", vmlinux, core)
    got["tasks"] = {int(k): v for k, v in got["tasks"].items()}
    return got


def text(core, start, length, out):
    """libkdumpfile: {pages}; a physical range's bytes go to the file out."""
    return _script("kdumpfile_text.py", core, start, length, out)


def libkdumpfile(core):
    """libkdumpfile: {release, pages, excluded, …}; reads every page."""
    return _script("kdumpfile_pages.py", core)


def makedumpfile(core, work, level=31):
    """makedumpfile: {dmesg: lines, size}: the log, and a refiltered copy."""
    work = pathlib.Path(work)
    dmesg, out = work / "makedumpfile.dmesg", work / "makedumpfile.refiltered"
    try:
        tools.run("makedumpfile", "--dump-dmesg", "-f", core, dmesg)
        tools.run("makedumpfile", "-z", "-d", str(level), "-f", core, out,
                  timeout=300)
    except tools.ToolError as err:
        raise ReaderError(f"makedumpfile: {core}: {err}") from err
    size = out.stat().st_size
    out.unlink()
    text = dmesg.read_text(errors="replace")
    return {"dmesg": text.rstrip("\n").split("\n"), "size": size}


def unflatten(flat, out):
    """makedumpfile -R: a flattened stream back to a file."""
    with open(flat, "rb") as f:
        done = subprocess.run([*tools.argv("makedumpfile"), "-R", "-f",
                               str(out)], stdin=f, text=True, timeout=300,
                              check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    if done.returncode:
        raise ReaderError(f"makedumpfile -R: {flat}: {done.stdout.strip()}")
    return out


def panic_trace(lines):
    """The panic line and the kernel's frames below it, from a kernel log."""
    at = next((i for i, l in enumerate(lines) if "Kernel panic" in l), None)
    if at is None:
        return []
    tail = lines[at:at + 40]
    end = next((i for i, l in enumerate(tail)
                if "RIP: 0033" in l or "</TASK>" in l), len(tail))
    return tail[:end]
