# SPDX-License-Identifier: MIT
"""Machines of other init systems: Debian's package of one in an initramfs, with busybox around it.

The machine boots without an image, its service makes one and arms it; it crashes; the service of the next boot tells of the
dump and arms it again. Service files are those that `make install` has laid out."""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import tempfile

from . import apt, arch, cpio, disk, fetch, guest, modules, paths, qemu, readers, tools
from .scenario import check

UUID = "7d9d1c52-6d4b-4b53-9c3c-5d3e2f2b0a11"
SERVICES = paths.STAGE / "usr/share/kdump-init"
# what every system does before its init: devices, file systems, drivers. TOOLS is where busybox's links go
BEGIN = """#!/crashtest/busybox sh
/crashtest/busybox mkdir -p TOOLS /proc /sys /dev /run /boot /tmp /var/lib /var/log /root
/crashtest/busybox --install -s TOOLS
export PATH=TOOLS:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
exec </dev/console >/dev/console 2>&1
for m in /mods/*.ko; do insmod "$m" || echo "crashtest: FAILED: insmod $m"; done
n=0
until mount -t ext4 /dev/vda /boot 2>/dev/null || [ $n -ge 100 ]; do usleep 100000; n=$((n + 1)); done
mkdir -p /boot/state
ln -s /boot/state /var/lib/kdump-init
hostname crashtest
"""
# run by the init system itself, beside the service
STORY = """#!/crashtest/busybox sh
PATH=TOOLS:/usr/sbin:/usr/bin:/sbin:/bin
exec </dev/null >/dev/console 2>&1
say() { echo "crashtest: $*"; }
[ ! -e /run/story ] || exec sleep 1000
: >/run/story
read -r pid1 </proc/1/comm
n=0
until kdump-loader status >/dev/null || [ $n -ge 300 ]; do usleep 200000; n=$((n + 1)); done
say "$pid1: $(kdump-loader status | head -n 1)"
kdump-loader status --json >/dev/null && say "armed"
if [ ! -e /boot/crashed ]; then
	: >/boot/crashed
	sync
	sleep 0.5
	echo c >/proc/sysrq-trigger
	sleep 100
fi
n=0
until [ -e /run/motd.d/kdump-init ] || [ $n -ge 300 ]; do usleep 200000; n=$((n + 1)); done
say "motd: $(head -n 1 /run/motd.d/kdump-init)"
sync
umount /boot
poweroff -f
"""
# of /etc/init.d, as Buildroot has it, but for the stop
RCS = "#!/bin/sh\nfor s in /etc/init.d/S??*; do $s start; done\n"


@dataclasses.dataclass
class Init:
    """One init system."""
    comm: str               # what PID 1 is called then
    files: dict             # {path: text or path of a file}
    exec: str               # the words that /init becomes
    packages: tuple = ()    # Debian's, unpacked as they are
    before: str = ""        # shell, in front of exec
    logs: bool = True       # what the service says goes to the system log
    uname: str = "x86_64"   # one of arch.ARCHS
    kernel: str = "vmlinuz-{}"  # the kernel's file in /boot, with its release or without
    root: pathlib.Path = None   # a whole system, which brings its own busybox and log

    @property
    def arch(self):
        """What differs there."""
        return arch.of(self.uname)

    @property
    def begin(self):
        """/init, but for its last line."""
        return self._tools(BEGIN) + ("" if self.root else "syslogd -O /dev/console\n") + self.before

    @property
    def story(self):
        """The script that goes through the crash."""
        return self._tools(STORY)

    def _tools(self, script):
        return script.replace("TOOLS", "/crashtest/bin" if self.root else "/usr/bin")


def _unpack(init, root):
    """The system, or the packages' files, less what nobody reads here."""
    if init.root:
        shutil.copytree(init.root, root, symlinks=True)
        return
    fetch.merged_usr(root)
    if init.packages:
        with apt.Suite("trixie") as suite:
            for deb in suite.download(*init.packages):
                apt.unpack(deb, root)
    for name in ("doc", "man", "locale", "lintian", "bash-completion"):
        shutil.rmtree(root / "usr/share" / name, ignore_errors=True)


def _put(root, name, data, mode=0o644):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    path.chmod(mode)


def _pack(root):
    image = cpio.Cpio()
    image.node("dev/console", 5, 1)
    for folder, names, files in os.walk(root):
        for name in sorted(names + files):
            path = pathlib.Path(folder, name)
            inside = str(path.relative_to(root))
            if path.is_symlink():
                image.link(inside, os.readlink(path))
            elif path.is_dir():
                image.mkdir(inside)
            else:
                image.file(inside, path.read_bytes(), path.stat().st_mode & 0o777)
    return image.bytes()


def _initrd(kernel, init, work):
    root = work / "root"
    _unpack(init, root)
    _put(root, "crashtest/busybox", pathlib.Path(init.arch.busybox()).read_bytes(), 0o755)
    if not init.root:
        (root / "bin/busybox").symlink_to("/crashtest/busybox")
    names = [n for n in sorted(modules.known(kernel.modules)) if re.search(guest.CRC, n)]
    names += guest.present(kernel, guest.PRODUCTION_MODULES + ["ext4"])
    for name, data in modules.resolve(kernel.modules, names):
        _put(root, f"mods/{name}", data)
    conf = f"path /crash\next4 UUID={UUID}\ncore_collector kdump-dumper -z -d 31\n"
    files = guest.host_files(kernel, conf, "ext4", False, of=init.arch) | guest.installed("kdump-dumper", of=init.arch)
    files["usr/lib/kdump-init/kdump-boot"] = ((paths.STAGE / "usr/lib/kdump-init/kdump-boot").read_bytes(), 0o755)
    for name, (data, mode) in files.items():
        # a whole system has the programs
        if not init.root or not name.startswith("usr/"):
            _put(root, name, data, mode)
    _put(root, "story", init.story, 0o755)
    for name, what in init.files.items():
        text = what.read_bytes() if isinstance(what, pathlib.Path) else what.encode()
        _put(root, name, text, 0o755 if text.startswith(b"#!") else 0o644)
    _put(root, "init", f"{init.begin}exec {init.exec}\n", 0o755)
    return _pack(root)


def _boot_disk(kernel, name, work):
    boot, image = work / "boot", work / "disk.img"
    boot.mkdir()
    (boot / name.format(kernel.release)).write_bytes(kernel.vmlinuz.read_bytes())
    disk.blank(image, "1G")
    tools.run("mke2fs", "-q", "-F", "-t", "ext4", "-U", UUID, "-d", boot, image)
    return image


def _look(init, lines, folder):
    """What the console and the disk say."""
    tail = "\n".join(lines[-40:])

    def said(pattern):
        return [t for t in lines if re.search(pattern, t)]

    check(not said("crashtest: FAILED"), f"{said('crashtest: FAILED')}")
    check(len(said(rf"crashtest: {init.comm}: armed")) == 2, f"not armed at both boots:\n{tail}")
    check(said(r"kdump-init-\S+ was made: there was none") or not init.logs,
          f"the log does not say that an image was made:\n{tail}")
    check(said(r"kdump-init: .*system: reboot"), f"no capture:\n{tail}")
    check(said(r"crashtest: motd: this machine crashed at \S+Z: .*sysrq.*\(complete\) is in /boot/crash/crashtest-"),
          f"the dump is not told of:\n{tail}")
    check(said(r"kdump.*this machine crashed at") or not init.logs, f"nor in the log:\n{tail}")
    tools.run("debugfs", "-R", f"rdump /crash {folder}", folder / "disk.img")
    dump, = (folder / "crash").iterdir()
    report = json.loads((dump / "kdump.json").read_text())
    got = readers.libkdumpfile(dump / "vmcore")
    check(report["state"] == "complete" and got["pages"] == report["vmcore"]["pages"]["saved"], f"{report['state']}: {got}")
    print(f"  ok: {init.comm}: armed by its service, captured, told of, armed again; libkdumpfile: {got['pages']} pages",
          flush=True)


def run(init, suite="trixie"):
    """Boot, crash, boot; everything is checked."""
    of = init.arch
    kernel = fetch.kernel(suite, arch=of.debian, meta=of.kernel)
    accel, cpu = (qemu.accel_for(kernel), "max") if of.native else ("tcg", of.cpu)
    limits = (900, 300) if of.native else (1800, 600)
    with tempfile.TemporaryDirectory(prefix="inits-") as name:
        work, lines = pathlib.Path(name), []
        try:
            image = _boot_disk(kernel, init.kernel, work)
            (work / "initrd").write_bytes(_initrd(kernel, init, work))
            args = qemu.base_args(accel, cpu, "1G", 1, of.machine) + [
                "-drive", f"if=virtio,format=raw,cache=unsafe,file={image}", "-kernel", kernel.vmlinuz,
                "-initrd", work / "initrd", "-append",
                f"console={of.console} panic=5 {of.words} loglevel=6 crashkernel={'160M' if of.native else of.crashkernel}"]
            with qemu.Machine(args, work / "console.log", program=of.qemu) as machine:
                lines.extend(text for _, text in machine.follow(*limits))
            _look(init, lines, work)
        finally:
            logs = os.environ.get("CRASHTEST_LOGS")
            if logs and (work / "console.log").exists():
                shutil.copy(work / "console.log", pathlib.Path(logs, "console"))
