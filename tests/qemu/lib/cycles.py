# SPDX-License-Identifier: MIT
"""One crash after the other on one disk: nothing piles up, every dump opens.

session() is the real thing: one machine that crashes, captures, boots, arms
itself and crashes again. captures() costs a third: the same dead memory, made
to crash later each time, captured by one machine after the other (fault.py)."""

import json
import pathlib
import re
import shutil
import tempfile

from . import crash, dead, fault, readers, tools
from .verify import check

HOUR_S = 3600
SYSRQ = "echo c >/proc/sysrq-trigger"
# ways to crash: the command, and what the dead kernel's log says then
CRASHES = (
    (SYSRQ, r"sysrq triggered crash"),
    (f"taskset 2 sh -c '{SYSRQ}'", r"CPU: 1 (?s:.*) sysrq_handle_crash"),
    ("echo 2 >/proc/sys/vm/panic_on_oom; mount -o remount,size=10G /tmp; "
     "dd if=/dev/zero of=/tmp/all bs=1M",
     r"panic - not syncing: Out of memory"),
    ("cd /proc/sys/kernel; echo 5 >hung_task_timeout_secs; echo 1 >hung_task_panic; "
     "fsfreeze --freeze /target; touch /target/hangs",
     r"panic - not syncing: hung_task: blocked tasks"),
)
NAMES = ["dmesg.txt", "kdump.json", "kdump.log", "vmcore"]


class Disk:
    """What lies on the disk after each cycle, and must."""

    def __init__(self, keep, all_ways=False):
        self.keep = keep
        self.all_ways = all_ways    # CRASHES in turn
        self.seen = []              # folder names, in the order they came
        self.largest = 0            # of the dumps, in bytes

    def look(self, path, release):
        """path: the folder with the dumps, just grown by one."""
        cycle = len(self.seen) + 1
        found = sorted(path.iterdir())
        new = [f for f in found if f.name not in self.seen]
        check(len(new) == 1, f"cycle {cycle}: new: {[f.name for f in new]}")
        for folder in found:
            names = sorted(p.name for p in folder.iterdir())
            check(names == NAMES, f"cycle {cycle}: {folder.name}: {names}")
        self.seen.append(new[0].name)
        wanted = sorted(self.seen[-self.keep:])
        check([f.name for f in found] == wanted, f"cycle {cycle}: "
              f"{[f.name for f in found]}, wanted {wanted}")
        self._open(cycle, new[0], release)
        used = sum(p.stat().st_size for p in path.rglob("*"))
        check(used <= self.keep * self.largest * 1.1,
              f"cycle {cycle}: {used} bytes")
        print(f"cycle {cycle}: {len(found)} dumps, {used / 1e6:.1f} MB", flush=True)

    def _open(self, cycle, folder, release):
        report = json.loads((folder / "kdump.json").read_text())
        check(report["state"] == "complete", f"cycle {cycle}: {report['state']}")
        got = readers.libkdumpfile(folder / "vmcore")
        saved = report["vmcore"]["pages"]["saved"]
        check(got["release"] == release and got["pages"] == saved,
              f"cycle {cycle}: libkdumpfile: {got}")
        wanted = CRASHES[(cycle - 1) % len(CRASHES)][1] if self.all_ways else \
            "Kernel panic - not syncing"
        check(re.search(wanted, (folder / "dmesg.txt").read_text(errors="replace")),
              f"cycle {cycle}: dmesg.txt: no {wanted!r}")
        size = sum(p.stat().st_size for p in folder.iterdir())
        self.largest = max(self.largest, size)


# --------------------------------------------------------------- one machine

# in the boot after a crash: the host looks, then all begins again
AGAIN = """
n=$(dd if="$state" bs=512 skip=8 count=1 2>/dev/null | tr -d '\\0')
n=$((${{n:-0}} + 1))
printf '%s' $n | dd of="$state" bs=512 seek=8 conv=notrunc,sync 2>/dev/null
echo $n >/tmp/n
sync
say "cycle $n is over"
sleep 1
if [ $n -lt {count} ]; then
	umount /target
	first_boot
fi
"""


def _halted_look(disk):
    """on_line: reads the target's file system while the machine stands still."""
    def look(run, _at, text):
        if not re.search(r"crashtest: cycle \d+ is over", text):
            return
        run.machine.qmp("stop")
        out = run.work / "looked"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        tools.run("debugfs", "-R", f"rdump /crash {out}", run.work / "target.img")
        disk.look(out / "crash", run.kernel.release)
        run.machine.qmp("cont")
    return look


def session(count, keep):
    """count crashes of one machine, in all ways, keep dumps stay."""
    disk = Disk(keep, all_ways=True)
    ways = "".join(f"{n}) {how} ;;\n" for n, (how, _) in enumerate(CRASHES))
    options = crash.Options(
        crash=f"case $(($(cat /tmp/n || echo 0) % {len(CRASHES)})) in\n{ways}esac",
        mem="512M", load=False, net=None, timeout=300 * count,
        extra_conf=f"keep {keep}\n", on_line=_halted_look(disk),
        guest_files={"etc/crashtest/before-collect": (
            AGAIN.format(count=count), 0o755)})
    with crash.Crash(options) as run:
        run.go()
    check(len(disk.seen) == count, f"{len(disk.seen)} cycles")


# --------------------------------------------------------------- many machines

def _later_crash(n):
    """The same crash, n hours later."""
    def edit(crashed):
        for found in list(re.finditer(dead.SEARCH + rb"(\d{10})\n", crashed.ram)):
            later = int(found[1]) + n * HOUR_S
            crashed.put(found.start(1), str(later).encode())
    return edit


def captures(count, keep):
    """count captures onto one disk, keep dumps stay."""
    disk = Disk(keep)
    with tempfile.TemporaryDirectory(prefix="cycles-") as tmp:
        image = pathlib.Path(tmp, "disk.img")
        for n in range(count):
            with fault.fault(disks=(fault.Disk(image=image),), memory=_later_crash(n),
                             extra_conf=f"target_timeout 20\nkeep {keep}\n") as one:
                one.survives("complete", r"vmcore: saved")
                disk.look(one.trees[0] / "crash", one.kernel.release)
