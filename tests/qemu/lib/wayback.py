# SPDX-License-Identifier: MIT
"""A machine that crashes again and again, and comes back from each capture by kexec or through its firmware."""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import tempfile
import time

from . import cpio, disk, guest, kexecload, modules, qemu, readers, tools
from .scenario import check

INIT = """#!/bin/busybox sh
export PATH=/bin:/sbin:/usr/sbin
/bin/busybox mkdir -p /proc /sys /dev /run /bin /boot /tmp
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
say() { echo "crashtest: $*"; }
for m in /mods/*.ko; do
	insmod "$m" || say "insmod $m failed"
done
n=0
until mount -t ext4 /dev/vda /boot 2>/dev/null || [ $n -ge 100 ]; do usleep 100000; n=$((n + 1)); done
n=$(cat /boot/count 2>/dev/null || echo 0)
say "boot $n: $(nproc) CPUs, $(sed -n 's/MemTotal: *//p' /proc/meminfo), $(cat /proc/cmdline)"
if [ ! -e /steps/$n ]; then
	umount /boot
	poweroff -f
fi
echo $((n + 1)) >/boot/count
cat /etc/conf /steps/$n.conf >/etc/kdump.conf
kdump-mkinitrd -o /capture.img || say "FAILED: kdump-mkinitrd"
kdump-loader load --kernel /boot/vmlinuz-$(uname -r) --initrd /capture.img || say "FAILED: kdump-loader"
. /steps/$n
sync
say "crash $n"
sleep 0.2
. /steps/$n.crash
sleep 120
say "FAILED: it did not crash"
"""


@dataclasses.dataclass
class Step:
    """One crash."""
    cpu: int = 0
    conf: str = ""          # lines of kdump.conf
    shell: str = ""         # what is done to the armed machine
    back: bool = True       # by kexec, or by the firmware
    crash: str = "taskset $MASK sh -c 'echo c >/proc/sysrq-trigger'"
    qmp: tuple = ()         # (command, {arguments}) for QEMU, a second later


@dataclasses.dataclass
class Boot:
    """A production kernel that came up."""
    at: float               # seconds since QEMU's start
    cpus: int
    memory_kb: int
    cmdline: str
    panicked: float = None  # when it crashed then
    left: float = None      # when its capture had ended

    @property
    def token(self):
        """How it was entered: None: by the firmware."""
        found = re.search(r"kdump_init\.returned=(\S+)", self.cmdline)
        return found and found[1]


def _initrd(kernel, conf, steps, files):
    image = cpio.Cpio()
    image.node("dev/console", 5, 1)
    image.file("init", INIT, 0o755)
    image.file("bin/busybox", pathlib.Path(tools.file("busybox")).read_bytes(), 0o755)
    names = [n for n in sorted(modules.known(kernel.modules)) if re.search(guest.CRC, n)]
    names += guest.present(kernel, guest.PRODUCTION_MODULES + ["ext4"])
    for name, data in modules.resolve(kernel.modules, names):
        image.file(f"mods/{name}", data)
    for name, (data, mode) in guest.host_files(kernel, conf, "ext4", False).items():
        image.file(name, data, mode)
    for name, (data, mode) in (files or {}).items():
        image.file(name, data, mode)
    image.file("etc/conf", conf)
    for n, step in enumerate(steps):
        image.file(f"steps/{n}", f"MASK={1 << step.cpu:x}\n{step.shell}\n")
        image.file(f"steps/{n}.conf", step.conf)
        image.file(f"steps/{n}.crash", step.crash + "\n")
    return image.bytes()


class Run:
    """The whole session; boots, lines and dumps tell about it."""

    def __init__(self, work, kernel, steps, crashkernel, smp, mem, efi, files):
        self.work, self.kernel, self.steps = pathlib.Path(work), kernel, steps
        self.crashkernel, self.smp, self.mem, self.efi, self.files = crashkernel, smp, mem, efi, files
        self.boots, self.lines, self.dumps, self.machine = [], [], [], None

    def go(self, limit_s):
        """Runs the machine to its end and collects the dumps."""
        boot = self.work / "boot"
        boot.mkdir()
        image = self.work / "disk.img"
        uuid = "7d9d1c52-6d4b-4b53-9c3c-5d3e2f2b0a11"
        conf = (f"path /crash\next4 UUID={uuid}\ncore_collector kdump-dumper -z -d 31\n"
                "final_action kexec\n")
        initrd = _initrd(self.kernel, conf, self.steps, self.files)
        (boot / f"vmlinuz-{self.kernel.release}").write_bytes(self.kernel.vmlinuz.read_bytes())
        (boot / f"initrd.img-{self.kernel.release}").write_bytes(initrd)
        (self.work / "initrd").write_bytes(initrd)
        disk.blank(image, "2G")
        tools.run("mke2fs", "-q", "-F", "-t", "ext4", "-U", uuid, "-d", boot, image)
        args = qemu.base_args(qemu.accel_for(self.kernel), "max", self.mem, self.smp) + [
            *(kexecload.ovmf() if self.efi else ()),
            "-drive", f"if=virtio,format=raw,cache=unsafe,file={image}", "-kernel", self.kernel.vmlinuz,
            "-initrd", self.work / "initrd", "-d", "cpu_reset", "-D", self.work / "resets", "-append",
            f"console=ttyS0 panic=5 no_timer_check loglevel=6 crashkernel={self.crashkernel}"]
        with qemu.Machine(args, self.work / "console.log") as machine:
            self.machine = machine
            for at, text in machine.follow(limit_s, 400):
                self._watch(at, text)
        tools.run("debugfs", "-R", f"rdump /crash {self.work}", image)
        self.dumps = sorted((self.work / "crash").iterdir())
        return self

    def _watch(self, at, text):
        self.lines.append(text)
        found = re.search(r"crashtest: boot \d+: (\d+) CPUs, (\d+) kB, (.*)", text)
        if found:
            self.boots.append(Boot(at, int(found[1]), int(found[2]), found[3]))
        check("crashtest: FAILED" not in text, text)
        last = self.boots[-1] if self.boots else None
        crash = re.search(r"crashtest: crash (\d+)$", text)
        if crash and self.steps[int(crash[1])].qmp:
            self._tell_qemu(*self.steps[int(crash[1])].qmp)
        if last and not last.panicked and "Kernel panic - not syncing" in text:
            last.panicked = at
        if last and re.search(r"kdump-init: .*system: (reboot|entering)", text):
            last.left = at
            print(f"  {len(self.boots)}: {text.strip()}", flush=True)

    def _tell_qemu(self, command, arguments):
        time.sleep(1)
        answer = self.machine.qmp(command, **arguments)
        check(not answer, f"QEMU: {command}: {answer}")

    def triple_faults(self):
        """How many resets were faults of a processor. QEMU's log has the registers as the reset left them."""
        return (self.work / "resets").read_text(errors="replace").count("Triple fault")

    def said(self, pattern):
        """Lines of the console that match."""
        return [t for t in self.lines if re.search(pattern, t)]

    def check(self):
        """Each crash was captured, and followed by what its step says, with all memory."""
        tail = "\n".join(self.lines[-30:])
        check(len(self.boots) == len(self.steps) + 1, f"{len(self.boots)} boots:\n{tail}")
        first, times = self.boots[0], 0
        for step, before, boot in zip(self.steps, self.boots, self.boots[1:]):
            # what is halted on the firmware's first CPU lies in memory that production would take
            back = step.back and step.cpu == 0
            times = times + 1 if back else 0
            check(boot.token == (str(times) if times else None),
                  f"returned {boot.token}, wanted {times}; triple faults: {self.triple_faults()}")
            # the kernel's own tables differ by a few pages
            check(abs(boot.memory_kb - first.memory_kb) < 8192,
                  f"{first.memory_kb} kB of memory, then {boot.memory_kb}")
            check(boot.cpus == first.cpus, f"crash on CPU {step.cpu}: {boot.cpus} CPUs")
            print(f"  {'kexec' if back else 'firmware'}: {boot.cpus} CPUs, {boot.memory_kb} kB, "
                  f"{boot.at - before.left:.1f} s after the capture", flush=True)
        if any(s.back and s.cpu for s in self.steps):
            check(self.said(r"back: .*the crash was not on the CPU that the firmware booted"), "nobody says why")
        self._check_dumps()

    def _check_dumps(self):
        check(len(self.dumps) == len(self.steps), f"{len(self.dumps)} dumps of {len(self.steps)} crashes")
        for folder in self.dumps:
            report = json.loads((folder / "kdump.json").read_text())
            check(report["state"] == "complete", f"{folder.name}: {report['state']}")
            got = readers.libkdumpfile(folder / "vmcore")
            check(got["pages"] == report["vmcore"]["pages"]["saved"], f"{folder.name}: {got}")
        print(f"  ok: {len(self.dumps)} dumps, each read by libkdumpfile", flush=True)


def run(kernel, steps, crashkernel="160M", smp=2, mem="1G", efi=False, limit_s=None, files=None, judge=Run.check):
    """A Run, checked by judge(run). It is in its folder as long as that lasts."""
    with tempfile.TemporaryDirectory(prefix="crashtest-") as work:
        try:
            one = Run(work, kernel, steps, crashkernel, smp, mem, efi, files).go(limit_s or 300 * (len(steps) + 1))
            judge(one)
        finally:
            logs = os.environ.get("CRASHTEST_LOGS")
            if logs:
                shutil.copy(pathlib.Path(work, "console.log"), pathlib.Path(logs, "console"))
        return one
