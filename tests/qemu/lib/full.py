# SPDX-License-Identifier: MIT
"""Volumes that have no room, or too little, as the targets of one crash, one behind the other; behind all a raw disk.

The guest fills them before the crash. In the boot after it copies what the capture has left, and then removes dump and
fill from the volume, and writes to it again."""

import contextlib
import json
import pathlib
import tempfile

from . import disk, fetch, guest, verify
from .scenario import check, crashed

# of each file system, not much larger than its mkfs takes
SIZES = {"btrfs": "160M", "f2fs": "112M", "xfs": "304M", "vfat": "64M", "ext4": "64M"}

MOUNT = """for fs in {names}; do
	mkdir -p /v/$fs
	mount -t $fs "$(disk $fs)" /v/$fs || fail "$fs: cannot be mounted"
done
"""
# bytes that no compression makes fewer; file systems do not count alike, so what stays free is a file that goes again
FILL = """for fs in {names}; do
	cd /v/$fs
	mkdir crash
	[ {room} = 0 ] || dd if=/dev/urandom of=room bs=1M count={room} 2>/dev/null
	[ $fs != xfs ] || fallocate -l 240M reserved
	n=0
	while [ $n -lt 40 ] && cat /tmp/random >>fill; do n=$((n + 1)); done 2>/dev/null
	sync
	dd if=/dev/urandom of=fill-too bs=4k count=5000 2>/dev/null
	[ {room} = 0 ] || rm room
	sync
	say "$fs: filled: $(df -k . | tail -n 1)"
done
cd /
"""
LOOK = """src=/tmp/out
mkdir -p $src/raw
kdump-dumper --recover "$(disk raw)" $src/raw
for fs in {names}; do
	mkdir -p /v/$fs $src/$fs
	mount -t $fs -o ro "$(disk $fs)" /v/$fs || { say "$fs: cannot be mounted"; continue; }
	cd /v/$fs
	say "$fs: after: $(df -k . | tail -n 1)"
	cp -a crash/. $src/$fs
	[ -s fill ] && say "$fs: the fill is there"
	mount -o remount,rw . || say "$fs: cannot be written to"
	ls -A crash | while read -r d; do rm -r crash/$d && sync && say "$fs: removed: $d"; done
	rm -f fill && sync && say "$fs: removed: fill"
	dd if=/dev/urandom of=again bs=1M count=20 2>/dev/null && sync && say "$fs: written to again"
	cd /
	umount /v/$fs || say "$fs: cannot be unmounted"
done
"""
MODULES = [*guest.PRODUCTION_MODULES, *(m for fs in SIZES for m in guest.FS_MODULES[fs])]


def _drives(folder, names):
    args = []
    for fs in names:
        args += ["-drive", f"if=none,id={fs},format=raw,cache=unsafe,file={folder}/{fs}",
                 "-device", f"virtio-blk-pci,drive={fs},serial={fs}"]
    return args


@contextlib.contextmanager
def volumes(names, room_m, level=31, **options):
    """A crash whose targets are volumes with some room_m MiB, 0: none at all."""
    words = {"names": " ".join(names), "room": room_m}
    scripts = {"before-arm": MOUNT, "before-crash": FILL, "before-collect": LOOK}
    for name, text in scripts.items():
        for word, value in words.items():
            text = text.replace("{%s}" % word, str(value))
        scripts[name] = text
    with tempfile.TemporaryDirectory(prefix="volumes-") as folder:
        ids = {fs: disk.make(pathlib.Path(folder, fs), fs, SIZES[fs]) for fs in names}
        conf = ["path /crash", *(f"{fs} UUID={ids[fs]}" for fs in names), "raw /dev/vdb",
                f"core_collector kdump-dumper -z -d {level}", f"extra_modules {' '.join(MODULES)}"]
        with crashed(kernel=fetch.kernel("linux-image-amd64/trixie"), crashkernel="192M", targets=("raw",),
                     conf="\n".join(conf) + "\n", more_args=lambda run: _drives(folder, names),
                     production_modules=MODULES, recover=scripts["before-collect"], timeout=1500, quiet=600,
                     guest_files={f"etc/crashtest/{n}": (t, 0o755) for n, t in scripts.items()}, **options) as run:
            run.ids = ids
            yield run


def dump_of(run, name):
    """Makes what lies on a volume the run's dump, for the checks of verify."""
    found = list((run.collected / name).glob("*/kdump.json"))
    check(len(found) == 1, f"{name}: reports: {found}")
    run.dump = found[0].parent
    run.report = json.loads(found[0].read_text())


def whole_behind(run, outcomes):
    """The raw disk behind the volumes has it all, and tells what became of each of them."""
    dump_of(run, "raw")
    check(run.report["state"] == "complete", f"raw: state {run.report['state']!r}")
    for line in (verify.report(run), verify.dmesg(run), verify.libkdumpfile(run)):
        print("  ok: raw:", line, flush=True)
    got = [t["outcome"] for t in run.report["targets"]]
    check(got == outcomes, f"kdump.json: targets {got}")


def usable(run, name):
    """After the reboot what was there is still there; dump and fill can be removed, and others written."""
    for words in ("the fill is there", "removed: fill", "written to again"):
        check(run.console(f"crashtest: {name}: {words}"), f"{name}: not {words}")
    check(not run.console(f"crashtest: {name}: cannot"), f"{name}: {run.console(f'crashtest: {name}: cannot')}")
