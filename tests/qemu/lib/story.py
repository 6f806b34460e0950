# SPDX-License-Identifier: MIT
"""A run told with its times, for a person."""

import re

from . import readers, verify

TEXT = {
    "production": "production kernel up",
    "armed": "armed by kdump-loader",
    "panic": "PANIC",
    "capture kernel": "capture kernel starts",
    "init": "kdump-init is PID 1",
    "target": "target mounted or reached",
    "dmesg": "dmesg.txt saved",
    "vmcore": "vmcore saved",
    "report": "kdump.json and kdump.log saved",
    "rebooting": "reboot",
    "again": "production up again",
    "collected": "dump read back by the production system",
}


def tell(run, out=print):
    """The timeline; seconds before and after the panic."""
    zero = run.events.get("panic", 0)
    out(f"kernel {run.kernel.release}, {run.o.mem}, "
        f"crashkernel={run.o.crashkernel}, to {' then '.join(run.o.targets)}, "
        f"QEMU {run.accel}")
    for event, text in TEXT.items():
        if event in run.events:
            out(f"  {run.events[event] - zero:+8.2f} s  {text}"
                f"{_detail(run, event)}")
    inside(run, out)


def inside(run, out=print):
    """The times that only kdump-init's own clock tells."""
    times = inside_times(run)
    if times:
        out("  by kdump-init's clock, from its first line: " + ", ".join(
            f"{name} {s:.2f} s" for name, s in times.items()))


class Live:
    """Tells each event when it happens; crash.Options.on_line."""

    def __init__(self, out=print):
        self._out, self._told = out, {}

    def __call__(self, run, _at, _text):
        for event, at in run.events.items():
            if self._told.get(event) == at or event not in TEXT:
                continue
            self._told[event] = at
            panic = run.events.get("panic")
            since = f"  panic +{at - panic:6.2f} s" if panic is not None else \
                " " * 17
            self._out(f"{at:8.2f} s{since}  {TEXT[event]}"
                      f"{_detail(run, event)}")


def _detail(run, event):
    if event == "armed":
        size = re.search(r"([\d.]+ KiB)  \S+ \(", run.packed)
        return f", with a capture image of {size[1]}" if size else ""
    said = {"target": r"target: (.*: (?:mounted|network is up))", "dmesg": r"dmesg\.txt: saved (.*)",
            "vmcore": r"vmcore\S*: saved (.*)"}.get(event)
    for line in reversed(run.said()) if said else ():
        found = re.search(said, line)
        if found:
            return f": {found[1]}"
    return ""


def inside_times(run):
    """{what: seconds from the first line of /init}, by kdump-init's clock,
    which the emulator's own delays do not reach."""
    first, times = None, {}
    marks = {"target": r"target: .*(mounted|network is up)",
             "dmesg": r"dmesg\.txt: saved", "vmcore": r"vmcore\S*: saved",
             "report": r"kdump\.json.*saved"}
    for line in run.said():
        stamp = re.match(r"kdump-init: +(\d+\.\d+) (.*)", line)
        if not stamp:
            continue
        at = float(stamp[1])
        first = at if first is None else first
        for name, pattern in marks.items():
            if name not in times and re.search(pattern, stamp[2]):
                times[name] = at - first
    return times


def says(run, out=print):
    """What the dump says: the panic line and the stack of the panic task."""
    lines = verify.dmesg_lines(run)
    seen = getattr(run, "seen_by_crash", None)
    out("The dump says:")
    panic = next((l for l in lines if "Kernel panic" in l), "(no panic line)")
    out(f"  {panic}")
    if seen:
        out("  stack of the panic task, from crash:")
        for line in seen["bt"].splitlines():
            if line.startswith(("PID:", " #", "#")):
                out(f"    {line}")
        return
    if run.arch.native:
        out("  call trace, from makedumpfile --dump-dmesg "
            "(debug symbols would give crash's and drgn's):")
        lines = readers.makedumpfile(_plain(run), run.work)["dmesg"]
    else:
        # makedumpfile reads its own machine's dumps alone
        out("  call trace, from dmesg.txt:")
    for line in readers.panic_trace(lines)[1:]:
        out(f"    {line}")


def _plain(run):
    flat = run.core.name.endswith(".flat")
    return run.work / "unflattened" if flat else run.core
