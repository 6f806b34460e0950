# SPDX-License-Identifier: MIT
"""One crash after the other on one disk: nothing piles up, every dump opens."""

import pathlib
import tempfile

from . import dead, fault
from .verify import check

FS_BYTES_M = 512
HOUR_S = 3600


def _later_crash(n):
    """The same crash, n hours later."""
    def edit(crashed):
        at = -1
        while (at := crashed.ram.find(dead.SEARCH, at + 1)) >= 0:
            end = crashed.ram.index(b"\n", at)
            was = int(crashed.ram[at + len(dead.SEARCH):end])
            crashed.put(at, dead.SEARCH + str(was + n * HOUR_S).encode())
    return edit


def _folders(run):
    """The dump folders, oldest first by name; nothing else is beside them."""
    found = sorted(run.trees[0].glob("crash/*"))
    for folder in found:
        names = sorted(p.name for p in folder.iterdir())
        check(names == ["dmesg.txt", "kdump.json", "kdump.log", "vmcore"],
              f"{folder.name}: {names}")
    return found


def run(count, keep, conf=""):
    """count captures, keep dumps stay (None: all)."""
    with tempfile.TemporaryDirectory(prefix="cycles-") as tmp:
        image = pathlib.Path(tmp, "disk.img")
        seen = []
        for n in range(count):
            disk = fault.Disk(size=f"{FS_BYTES_M}M", image=image)
            extra = "target_timeout 20\n" + conf
            with fault.fault(disks=(disk,), memory=_later_crash(n),
                             extra_conf=extra) as one:
                one.survives("complete", r"vmcore: saved")
                found = [f.name for f in _folders(one)]
                new = [name for name in found if name not in seen]
                check(len(new) == 1, f"cycle {n + 1}: new folders {new}")
                seen += new
                wanted = seen[-keep:] if keep else seen
                check(found == sorted(wanted), f"cycle {n + 1}: {len(found)} "
                      f"folders {found}, wanted {wanted}")
                used = sum(p.stat().st_size for p in one.files())
                print(f"cycle {n + 1}: {len(found)} dumps, "
                      f"{used / 1e6:.1f} MB", flush=True)
