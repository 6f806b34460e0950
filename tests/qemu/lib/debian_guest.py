# SPDX-License-Identifier: MIT
"""A run of the installed Debian: its own copy of the disk, a root shell, the
clone as a folder of the host, and a blank disk on which dumps come out."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import tempfile
import time

from . import debian, disk, fetch, paths, qemu, shell, verify
from .verify import check

SOURCE = "/usr/src/kdump-init"
MEM = "1536M"
CRASHKERNEL = "192M"
CONSOLE = "console=ttyS0,115200"
PATIENT = "udev.event_timeout=900"    # under emulation on a busy host
# a clone with its programs, read-only as QEMU serves it; `make` has nothing to do there
MOUNT = (f"mkdir -p {SOURCE} && mount -t 9p -o trans=virtio,version=9p2000.L,ro,"
         f"cache=loose,msize=262144 source {SOURCE}")
OUT_DISK = "/dev/disk/by-id/virtio-out"


class Guest:
    """What scenario scripts and lib/verify.py ask of a run."""

    def __init__(self, work, debug=False, system=None):
        self.work = pathlib.Path(work)
        self.debian = system or debian.installed()
        self.disk = self.debian.copy(self.work / "disk.img")
        # with debug the same kernel from the cache of kernels, for its symbols
        vmlinux = fetch.kernel(f"linux-image-{self.debian.release}/{self.debian.kind.suite}",
                               debug=True).vmlinux if debug else None
        self.kernel = fetch.Kernel(self.debian.release, self.debian.vmlinuz, "/", vmlinux)
        self.incoming = self.work / "in"        # a folder that the guest may mount, as "in"
        self.incoming.mkdir()
        self.machine = self.shell = self.dump = self.collected = None
        self.report = {}

    @contextlib.contextmanager
    def booted(self, crashkernel=CRASHKERNEL, more=(), firmware=None):
        """A machine with this system up and a root shell on it. QEMU loads the
        kernel, or firmware (words for QEMU) does from the disk."""
        self.shell = shell.Shell()
        disk.blank(self.work / "out.img", "512M")
        words = (f"root={self.debian.kind.root} ro {CONSOLE} {PATIENT} quiet "
                 + (f"crashkernel={crashkernel}" if crashkernel else ""))
        by = ["-kernel", self.debian.vmlinuz, "-initrd", self.debian.initrd, "-append", words]
        args = qemu.base_args(qemu.accel_for(self.kernel), "max", MEM, 2) + [
            *self.shell.args(), *(by if firmware is None else firmware),
            "-device", "virtio-rng-pci",
            "-drive", f"if=none,id=system,format=raw,file={self.disk}",
            "-device", "virtio-blk-pci,drive=system,bootindex=1",
            "-drive", f"if=none,id=out,format=raw,file={self.work}/out.img",
            "-device", "virtio-blk-pci,drive=out,serial=out",
            "-fsdev", f"local,id=source,security_model=none,readonly=on,path={paths.TOP}",
            "-device", "virtio-9p-pci,fsdev=source,mount_tag=source",
            "-fsdev", f"local,id=in,security_model=none,readonly=on,path={self.incoming}",
            "-device", "virtio-9p-pci,fsdev=in,mount_tag=in", *more]
        with qemu.Machine(args, self.work / "console.log", self.shell.fds()) as machine:
            self.machine = machine
            self.shell.attach(machine)
            try:
                self.shell.login()
                yield self
            finally:
                machine.drain()
                self.shell.close()

    # ------------------------------------------------------------ the shell

    def ask(self, command, status=0):
        """A command's output; it must end with this exit status (None: any)."""
        begin = time.monotonic()
        code, text = self.shell.ask(command)
        print(f"# {command}  ({time.monotonic() - begin:.1f} s)", *(f"    {l}" for l in text.splitlines()), sep="\n", flush=True)
        check(status is None or code == status, f"{command}: exit {code}: {text}")
        return text

    def refused(self, command, pattern):
        """It fails, and says why in words that match."""
        code, text = self.shell.ask(command)
        print(f"# {command}", f"    exit {code}", *(f"    {l}" for l in text.splitlines()),
              sep="\n", flush=True)
        check(code, f"{command}: exit 0: {text}")
        check(re.search(pattern, text, re.I), f"{command}: no word of {pattern!r}: {text}")

    def told(self, command, pattern):
        """It says something that matches, whatever its exit status."""
        text = self.ask(command, None)
        check(re.search(pattern, text, re.I), f"{command}: no word of {pattern!r}: {text}")

    def timed(self, name, function, **how):
        """What takes from one prompt to that of the next boot."""
        begin = time.monotonic()
        function(**how)
        print(f"# {name}  ({time.monotonic() - begin:.1f} s to the next prompt)", flush=True)

    def reboot(self, by="systemctl reboot"):
        """As an administrator does it; the shell is there again after it."""
        self.shell.send(by)
        self.shell.login()

    def shutdown(self):
        """Switched off as an administrator does it, so that the disk is clean."""
        self.shell.send("systemctl poweroff")
        for _ in self.machine.follow(shell.LIMIT_S, shell.LIMIT_S):
            pass

    def crash(self, on_reboot=None, by="sync; echo c >/proc/sysrq-trigger"):
        """A panic; the shell is there again after the capture. on_reboot: called
        when the capture has ended."""
        self.shell.send(by)
        self.shell.wait_console(r"kdump-init: .*system: reboot")
        if on_reboot:
            on_reboot()
        self.shell.login()

    def collect(self, folder):
        """Copy a folder of the guest's to the host; the newest dump in it is
        the run's."""
        self.ask(f"tar -C {folder} -cf {OUT_DISK} . && sync")
        self.collected = self.work / "collected"
        shutil.rmtree(self.collected, ignore_errors=True)
        disk.extract_tar(self.work / "out.img", self.collected)
        dumps = sorted(p.parent for p in self.collected.rglob("kdump.json"))
        if dumps:
            self.dump = dumps[-1]
            self.report = json.loads((self.dump / "kdump.json").read_text())

    # ------------------------------------------------------------ what lib/verify.py asks

    @property
    def core(self):
        """The dump file."""
        path = self.dump and self.dump / "vmcore"
        return path if path and path.exists() else None

    def files(self):
        """All collected files, relative to the collection."""
        return sorted(str(p.relative_to(self.collected)) for p in
                      self.collected.rglob("*") if p.is_file())

    def said(self):
        """What kdump-init wrote to the console."""
        return [re.sub(r"^.*?(kdump-init: )", r"\1", t) for _, t in self.machine.lines
                if "kdump-init: " in t]


@contextlib.contextmanager
def guest(debug=False, system=None):
    """A Guest with a folder of its own, of the standard Debian or another one; its console's log outlives a failure."""
    with tempfile.TemporaryDirectory(prefix="debian-") as work:
        run = Guest(work, debug, system)
        try:
            yield run
        finally:
            logs, log = os.environ.get("CRASHTEST_LOGS"), run.work / "console.log"
            if logs and log.exists():
                shutil.copy(log, pathlib.Path(logs, "console"))


def using_it():
    """The commands of the README's "Using it", line by line."""
    text = (paths.TOP / "README.md").read_text("utf-8")
    block = re.search(r"^## Using it\n+```\n(.*?)^```", text, re.M | re.S)
    check(block, "README.md: no commands below '## Using it'")
    return block[1].splitlines()


def install(run):
    """The README's steps in a guest that came up; all of them succeed."""
    run.ask(MOUNT)
    run.ask(f"cd {SOURCE}")
    for line in using_it():
        run.ask(line)


def check_up(run):
    """systemd finds nothing wrong, and the machine is armed."""
    state = run.ask("systemctl is-system-running --wait", None)
    check(state == "running", f"system is {state}: {run.ask('systemctl --failed', None)}")
    run.ask("systemctl is-active kdump-loader")
    status = run.ask("kdump-loader status")
    check(status.startswith("armed"), "not armed after the boot")
    # which hangs are to be crashes is left to the administrator, and told
    check(not re.search(r"warning: (?!no panic, so no capture: )", status),
          "the README's steps leave a warning")


def readme(reboot=False, debug=False):
    """From the README's steps to a dump that the readers open; with reboot the
    machine that crashes was armed by the unit."""
    with guest(debug) as run, run.booted():
        install(run)
        run.ask("kdump-loader status")
        run.told("kdump-loader estimate", rf"\Acrashkernel=(96|128|160|{CRASHKERNEL[:-1]})M")
        if reboot:
            run.reboot()
            check_up(run)
        run.crash()
        check_up(run)
        run.told("kdump-loader status", r"last capture +\S+Z, complete: .*\n +of +debian, .*\n +in +/var/crash/")
        run.ask("kdump-dumper --info /var/crash/*/vmcore")
        run.collect("/var/crash")
        for line in verify.everything(run):
            print("  ok:", line, flush=True)
