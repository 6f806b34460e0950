# SPDX-License-Identifier: MIT
"""`kdump-loader verify` on a machine that is a folder, and the same pair under a real crash.

    case = Case(append="rdinit=/none")
    case.verify("no", r"panicked")
    case.crash(None, r"rdinit")
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from . import disk, fetch, guest, tools
from .fault import fault
from .verify import check

CONF = "path /crash\next4 UUID={uuid}\ncore_collector kdump-dumper -z -d 31\n"
MODULES = "virtio_pci virtio_blk"
UUID = "00000000-1111-2222-3333-000000000000"      # of lib/fault.py's first disk
PROGRAMS = ("qemu-system-x86_64", "mke2fs", "mkfs.xfs", "mkfs.btrfs", "mkfs.vfat", "mkfs.f2fs")
MIB = 1 << 20
LEAST_M = 96                    # of lib/fault.py's machine, which has the dead memory above 80 MiB


class Case:
    """A machine whose disk vda holds an ext4: what is armed there, and what is wrong with it.

    conf, modules: of its kdump.conf; image, vmlinuz: callable(path) that spoils the file; reserved:
    crashkernel= in MiB; disks: False where the disk is gone; kernel: of the image."""

    def __init__(self, conf=CONF, modules=MODULES, append="", reserved=128, image=None,
                 vmlinuz=None, disks=True, kernel="trixie", of_image=None, root_files=None):
        self.name, self.kernel = kernel, fetch.kernel(kernel)
        self.other = fetch.kernel(of_image) if of_image else self.kernel
        self.append, self.reserved, self.disks = append, reserved, disks
        self.root_files = root_files or {}
        self._temp = tempfile.TemporaryDirectory(prefix="verify-")
        self.work = pathlib.Path(self._temp.name)
        self.root, self.bin = self.work / "root", self.work / "bin"
        self.vmlinuz = self.work / "vmlinuz"
        shutil.copy(self.kernel.vmlinuz, self.vmlinuz)
        self.image = self._image(f"{conf.format(uuid=UUID)}extra_modules {modules}\n")
        for spoil, path in ((image, self.image), (vmlinuz, self.vmlinuz)):
            if spoil:
                spoil(path)
        self._tree()
        self._programs()

    def _image(self, conf):
        """The capture image, made for a root that has what its hooks are."""
        root = self.work / "mkinitrd"
        (root / "lib").mkdir(parents=True)
        (root / "lib/modules").symlink_to(self.other.root / "lib/modules")
        for name, (data, mode) in self.root_files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data.encode() if isinstance(data, str) else data)
            (root / name).chmod(mode)
        out = self.work / "capture.img"
        guest.capture_image(self.other, conf, out, root)
        return out

    def _put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def _tree(self):
        """What of the machine the loader reads."""
        bytes_ = self.reserved * MIB
        self._put("proc/cmdline", f"console=ttyS0 crashkernel={self.reserved}M no_timer_check\n")
        self._put("proc/sys/kernel/osrelease", self.kernel.release + "\n")
        self._put("proc/sys/kernel/arch", "x86_64\n")
        self._put("proc/meminfo", "MemTotal: 2029396 kB\nMemAvailable: 1729840 kB\n")
        self._put("proc/iomem", "00100000-7ffdffff : System RAM\n"
                  f"  2e000000-{0x2e000000 + bytes_ - 1:08x} : Crash kernel\n")
        self._put("sys/kernel/kexec_crash_loaded", "0\n")
        self._put("sys/kernel/kexec_crash_size", f"{bytes_}\n")
        self._put("sys/devices/system/cpu/online", "0-1\n")
        self._put("run/keep", "")
        (self.root / "boot").mkdir()
        (self.root / f"boot/vmlinuz-{self.kernel.release}").symlink_to(self.kernel.vmlinuz)
        (self.root / "sys/class/block").mkdir(parents=True)
        self._put("dev/null", "")
        if self.disks:
            device = self.root / "sys/devices/pci0000:00/0000:00:03.0/virtio1"
            (device / "block/vda").mkdir(parents=True)
            (device / "driver").symlink_to("../../../../bus/virtio/drivers/virtio_blk")
            (self.root / "sys/class/block/vda").symlink_to(
                "../../devices/pci0000:00/0000:00:03.0/virtio1/block/vda")
            disk.blank(self.root / "dev/vda", "64M")
            tools.run("mke2fs", "-q", "-F", "-t", "ext4", "-U", UUID, self.root / "dev/vda")

    def _programs(self):
        """The readers' folder has the programs; verify finds them by PATH."""
        self.bin.mkdir()
        for name in PROGRAMS:
            path = self.bin / name
            words = " ".join(guest.quote(w) for w in tools.argv(name))
            path.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
            path.chmod(0o755)

    def verify(self, captured, reason="", code=None):
        """Runs it; what it says as a dictionary, once that is as wanted."""
        words = [guest.program("kdump-loader"), "verify", "--json", "-r", self.root,
                 "--kernel", self.vmlinuz, "--initrd", self.image]
        words += ["--append", self.append] if self.append else []
        guest.program("kdump-verify")
        before = sorted(os.listdir(self.work))
        env = dict(os.environ, PATH=f"{self.bin}:{os.environ['PATH']}", TMPDIR=str(self.work))
        done = subprocess.run([str(w) for w in words], env=env, text=True, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=1000)
        try:
            said = json.loads(done.stdout)
        except ValueError:
            said = {}
        check(said.get("captured") == captured,
              f"verify: exit {done.returncode}: {done.stdout} {done.stderr}")
        check(done.returncode == (code if code is not None else {"yes": 0, "no": 4}.get(captured, 1)),
              f"verify: exit {done.returncode}")
        whys = "\n".join(said["reasons"])
        check(reason in whys, f"verify: {reason!r} is none of: {whys}")
        check(sorted(os.listdir(self.work)) == before, "verify has left files")
        return said

    def crash(self, state, reason, dmesg=None, **options):
        """The same pair after a crash, on a machine of lib/fault.py."""
        with fault(kernel=self.name, usable_m=self.reserved, append=self.append,
                   capture=(self.image, self.vmlinuz),
                   **({} if self.disks else {"disks": ()}), **options) as run:
            run.survives(state, reason, dmesg)

    def hangs(self, reason, **options):
        """The same where the crash kernel does not come to kdump-init."""
        append = f"{self.append} mem={self.reserved}M" if self.reserved < LEAST_M else self.append
        with fault(kernel=self.name, usable_m=max(self.reserved, LEAST_M), append=append,
                   capture=(self.image, self.vmlinuz), **options) as run:
            run.resets(reason)
            check(not run.report, "there is a dump all the same")

    def close(self):
        """Drops its folder."""
        self._temp.cleanup()


@contextlib.contextmanager
def case(**options):
    """A Case, and its end."""
    one = Case(**options)
    try:
        yield one
    finally:
        one.close()
