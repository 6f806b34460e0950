# SPDX-License-Identifier: MIT
"""The story of one crash: build the guest, arm it, crash it, watch the capture
and the reboot, collect what was saved."""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import tempfile

from . import arch, bus, cpio, disk, fetch, gpt, guest, qemu, server, share

CRASH = "echo c >/proc/sysrq-trigger"
RECOVER = """kdump-dumper --recover "$(disk raw)" "$src/crash"
say "recover: exit $?"
"""

# (event, pattern, phase it is looked for in); phases: 0 production, 1 capture,
# 2 production again. The first match counts; of those in LAST the last, which
# after a fallback is the one that worked.
EVENTS = (
    ("production", r"crashtest: production up", 0),
    ("armed", r"crashtest: armed", 0),
    ("crash", r"crashtest: crash now", 0),
    ("panic", r"Kernel panic - not syncing", 0),
    ("capture kernel", r"Linux version", 1),
    ("init", r"kdump-init: ", 1),
    ("target", r"kdump-init: .*target: .*: (mounted|opened|network is up)", 1),
    ("dmesg", r"kdump-init: .*dmesg\.txt: saved", 1),
    ("vmcore", r"kdump-init: .*vmcore\S*: saved", 1),
    ("report", r"kdump-init: .*kdump\.json.*saved", 1),
    ("rebooting", r"kdump-init: .*system: reboot", 1),
    ("again", r"crashtest: production up again", 2),
    ("collected", r"crashtest: collected", 2),
)
LAST = ("target", "dmesg", "vmcore", "report")
NEXT_PHASE = {"panic": 1, "again": 2}


class CrashError(Exception):
    """The story did not go as it must."""


@dataclasses.dataclass
class Options:
    """What to crash and where to save it; see crashtest --help."""
    kernel: object = "trixie"       # name for fetch.kernel, or a fetch.Kernel
    arch: str = "x86_64"            # one of arch.ARCHS
    crash_kernel: str = None        # a bzImage without modules, to capture with
    mem: str = "1G"
    cpu: str = None                 # None: the architecture's
    smp: int = 2
    crashkernel: str = None         # the same
    targets: tuple = ("ext4",)      # file systems, shares, "raw", "https"
    conf: str = None                # a kdump.conf text instead of a made one
    extra_conf: str = ""            # lines behind the made ones
    level: int = 31
    path: str = "/crash"
    append: str = ""                # to the crash kernel's command line
    loader: str = ""                # further words of kdump-loader load
    production: str = "loglevel=6"  # to the production kernel's command line
    load: bool = True               # fill the memory before the crash
    crash: str = CRASH              # the shell command that crashes
    disk_size: str = None
    bus: str = "virtio-blk"         # of the target disk; see bus.BUSES
    gpt: bool = False               # the target is a partition of its disk
    production_modules: tuple = ()  # further ones that the guest loads
    drive: str = ""                 # further -drive properties of the target
    more_args: object = None        # callable(run): further arguments of QEMU
    make_disk: object = None        # callable(path) that makes the target disk
    raw_disk: object = "512M"       # the raw target's: size, or callable(path)
    raw_line: str = "raw /dev/vdb"  # and its line in kdump.conf
    recover: str = RECOVER          # what the guest does with it, after the reboot
    extra_disks: tuple = ()         # serial numbers of blank disks
    extra_size: str = "256M"        # of each
    attach_disk: bool = True        # False: the target disk is absent
    mount: bool = True              # production mounts the target disk
    web: bool = None                # an nginx, also without an https target
    web_limit: str = "0"            # the largest body it takes; "0": any
    web_reset: int = None           # instead: drop connections after so much
    net: str = "user"               # QEMU's -netdev, or None; "off": no carrier
    mkinitrd: str = "host"          # "guest": on the production system itself
    overlay: dict = None            # {name: (data, mode)} over the capture image
    guest_files: dict = None        # the same over the production guest
    root_files: dict = None         # the same in kdump-mkinitrd's root
    on_line: object = None          # callable(run, time, text) for each line
    machine: tuple = ()             # more words for QEMU; {work}: the run's folder
    timeout: int = 300
    quiet: int = 120
    keep: str = None                # folder for everything; else a temporary


def _overlay(image, files):
    """Lay files over a capture image: the kernel unpacks archives in order."""
    extra = cpio.Cpio()
    for name, (data, mode) in files.items():
        extra.file(name, data, mode)
    with open(image, "ab") as f:
        f.write(bytes(-f.tell() % 512) + extra.bytes())


class Crash:
    """One run; after go() the fields below tell how it went."""

    def __init__(self, options):
        self.o = options
        self.events = {}            # event -> seconds since QEMU's start
        self.dump = None            # folder of the dump, on the host
        self.collected = None       # folder with all the target holds
        self.part = None            # the target partition's UUID
        self.report = {}            # kdump.json
        self.packed = ""            # what kdump-mkinitrd printed
        self.machine = None
        self.accel = None
        self._temp = None
        if options.keep:
            self.work = pathlib.Path(options.keep).resolve()
            shutil.rmtree(self.work, ignore_errors=True)
            self.work.mkdir(parents=True)
        else:
            self._temp = tempfile.TemporaryDirectory(prefix="crashtest-")
            self.work = pathlib.Path(self._temp.name)
        name = options.kernel
        self.arch = arch.of(options.arch)
        options.cpu = options.cpu or self.arch.cpu
        options.crashkernel = options.crashkernel or self.arch.crashkernel
        self.kernel = name if isinstance(name, fetch.Kernel) else \
            fetch.kernel(name, arch=self.arch.debian, meta=self.arch.kernel)

    # ------------------------------------------------------------ parts

    @property
    def fs(self):
        """The target disk's file system, if there is such a target."""
        return next((t for t in self.o.targets
                     if t not in ("https", "raw", *share.KINDS)), None)

    def _modules(self):
        """What the guest loads besides the usual."""
        names = bus.modules(self.o.bus) + list(self.o.production_modules)
        for target in self.o.targets:
            names += share.MODULES.get(target, [])
        return names

    def _conf(self, ident, web):
        """The kdump.conf for the targets."""
        if self.o.conf is not None:
            return self.o.conf.format(uuid=ident, url=web and web.url,
                                      path=self.o.path, part=self.part)
        names = list(guest.PRODUCTION_MODULES) + bus.modules(self.o.bus)
        lines = [f"path {self.o.path}"]
        for target in self.o.targets:
            if target == "https":
                names += guest.NET_MODULES
                lines += [f"https {web.url}", "https_ca /etc/kdump-ca.pem",
                          "net auto dhcp"]
            elif target == "raw":
                lines.append(self.o.raw_line)
            elif target in share.KINDS:
                lines.append(f"{target} {share.TAG}")
            else:
                lines.append(f"{target} UUID={ident}")
        if self.o.mkinitrd == "host":       # elsewhere sysfs tells
            lines.append(f"extra_modules {' '.join(names)}")
        lines += [f"core_collector kdump-dumper -z -d {self.o.level}"]
        return "\n".join(lines) + "\n" + self.o.extra_conf

    def _root(self, web):
        """The folder given to kdump-mkinitrd as the host's root."""
        root = self.work / "root"
        (root / "etc").mkdir(parents=True)
        (root / "lib").mkdir()
        (root / "lib/modules").symlink_to(self.kernel.root / "lib/modules")
        if web:
            shutil.copy(web.ca, root / "etc/kdump-ca.pem")
        for name, (data, mode) in (self.o.root_files or {}).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
            path.chmod(mode)
        return root

    def _loader_args(self):
        words = [self.o.loader] if self.o.loader else []
        words += [f'--append "{self.o.append}"'] if self.o.append else []
        # laid over the image, files are more than kdump-mkinitrd wrote
        words += ["--foreign-initrd"] if self.o.overlay else []
        return " ".join(words)

    def _images(self, ident, web):
        conf = self._conf(ident, web)
        net = "https" in self.o.targets
        files = dict(self.o.guest_files or {})
        if "raw" in self.o.targets:
            files = guest.installed("kdump-dumper", of=self.arch) | {
                "etc/crashtest/before-collect": (self.o.recover, 0o755)
            } | files
        if self.o.crash_kernel:
            files["boot/crash-vmlinuz"] = (
                pathlib.Path(self.o.crash_kernel).read_bytes(), 0o644)
        capture = None
        if self.o.mkinitrd == "guest":
            files |= guest.host_files(self.kernel, conf, self.fs, net,
                                      self._modules(), self.arch)
            if web:
                files["etc/kdump-ca.pem"] = (web.ca.read_bytes(), 0o644)
        else:
            capture = self.work / "capture.img"
            self.packed = guest.capture_image(self.kernel, conf, capture,
                                              self._root(web),
                                              self.o.crash_kernel, self.arch)
            if self.o.overlay:
                _overlay(capture, self.o.overlay)
        mounted = self.fs and self.o.attach_disk and self.o.mount
        settings = {"TARGET_FS": self.fs if mounted else "",
                    "TARGET_UUID": ident if mounted and ident else "",
                    "TARGET_PATH": self.o.path, "LOAD": int(self.o.load),
                    "CRASH": self.o.crash,
                    "CRASH_KERNEL": int(bool(self.o.crash_kernel)),
                    "LOADER_ARGS": self._loader_args()}
        guest.production_image(self.kernel, capture, self.work / "guest.cpio",
                               settings, self.fs, net, files, self._modules(),
                               self.arch)

    def _disks(self):
        disk.blank(self.work / "state.img", "8G")
        for name in self.o.extra_disks:
            disk.blank(self.work / f"{name}.img", self.o.extra_size)
        if "raw" in self.o.targets:
            raw = self.work / "raw.img"
            if callable(self.o.raw_disk):
                self.o.raw_disk(raw)
            else:
                disk.blank(raw, self.o.raw_disk)
        if not self.fs:
            return None
        image = self.work / "target.img"
        if self.o.make_disk:
            return self.o.make_disk(image)
        ident = disk.make(image, self.fs, self.o.disk_size)
        if self.o.gpt:
            self.part = gpt.wrap(image)
        return ident

    def _qemu_args(self):
        o = self.o
        args = qemu.base_args(self.accel, o.cpu, o.mem, o.smp, self.arch.machine)
        for name in ("state", "raw", "target", *o.extra_disks):
            image = self.work / f"{name}.img"
            if not image.exists() or (name == "target" and not o.attach_disk):
                continue
            args += ["-drive", f"if=none,id={name},format=raw,cache=unsafe,"
                               f"discard=unmap,file={image}"
                     + (o.drive if name == "target" else "")]
            args += bus.args(o.bus if name == "target" else "virtio-blk", name)
        if o.more_args:
            args += o.more_args(self)
        if o.net:
            net = "user" if o.net == "off" else o.net
            args += ["-netdev", f"{net},id=net0", "-device",
                     "virtio-net-pci,netdev=net0,id=nic0,romfile="]
        return args + [a.format(work=self.work) for a in o.machine] + [
            "-kernel", self.kernel.vmlinuz, "-initrd", self.work / "guest.cpio",
            "-append", f"console={self.arch.console} panic=5 {self.arch.words} "
                       f"crashkernel={o.crashkernel} {o.production}"]

    # ------------------------------------------------------------ the story

    def go(self):
        """Run it all. CrashError, with the console's end, if the machine does
        not come up again; what was saved is then for the caller to judge."""
        web = shared = None
        try:
            if self.o.web_reset is not None:
                web = server.Resetting(self.work / "web", self.o.web_reset)
            elif self.o.web or "https" in self.o.targets:
                web = server.Nginx(self.work / "web", self.o.web_limit)
            kind = next((t for t in self.o.targets if t in share.KINDS), None)
            if kind:
                shared = share.Share(kind, self.work, self.o.mem)
            self._go(web, shared)
        finally:
            if web:
                web.stop()
            if shared:
                shared.stop()
        return self

    def _go(self, web, shared):
        ident = self._disks()
        self._images(ident, web)
        self.accel = qemu.accel_for(self.kernel) if self.arch.native else "tcg"
        if self.accel == "kvm" and self.o.cpu == "max":
            self.o.cpu = "host"
        with qemu.Machine(self._qemu_args() + (shared.args if shared else []),
                          self.work / "console.log",
                          program=self.arch.qemu) as self.machine:
            if self.o.net == "off":
                self.machine.qmp("set_link", name="nic0", up=False)
            try:
                self._watch()
            except qemu.MachineError as err:
                raise CrashError(self._tale(str(err))) from err
            complaint = self.machine.end()
        if "collected" not in self.events:
            raise CrashError(self._tale(complaint or "the machine ended"))
        self._collect(web, shared)

    def _watch(self):
        phase = 0
        for at, text in self.machine.follow(self.o.timeout, self.o.quiet):
            for event, pattern, when in EVENTS:
                if (event in self.events and event not in LAST) or \
                        not re.search(pattern, text):
                    continue
                # "again" also comes when no capture kernel ran
                if when == phase or event == "again":
                    self.events[event] = at
                    phase = max(phase, NEXT_PHASE.get(event, phase))
            if "crashtest: FAILED" in text:
                raise CrashError(self._tale(text))
            # the capture kernel's own; kdump-init quotes the first one
            if "capture kernel" in self.events and phase == 1 and \
                    "Kernel panic" in text and "kdump-init: " not in text:
                self.events.setdefault("capture panicked", at)
            if self.o.on_line:
                self.o.on_line(self, at, text)

    def _collect(self, web, shared):
        self.collected = self.work / "collected"
        self.collected.mkdir()
        disk.extract_tar(self.work / "state.img", self.collected)
        if web:
            shutil.copytree(web.www, self.collected, dirs_exist_ok=True)
        if shared:
            shutil.copytree(shared.folder, self.collected, dirs_exist_ok=True)
        # not what a scenario laid there; after a fallback there are two: the one with a vmcore counts
        dumps = sorted((p.parent for p in self.collected.rglob("kdump.json")
                        if p.stat().st_size > 100),
                       key=lambda d: any(d.glob("vmcore*")))
        if dumps:
            self.dump = dumps[-1]
            self.report = json.loads((self.dump / "kdump.json").read_text())
        os.unlink(self.work / "state.img")

    # ------------------------------------------------------------ the result

    def _tale(self, why):
        tail = "\n".join(f"    {t:8.3f} {l}" for t, l in
                         (self.machine.lines[-25:] if self.machine else ()))
        return f"{why}\n  seen: {', '.join(self.events)}\n{tail}"

    @property
    def core(self):
        """The dump file."""
        for name in ("vmcore", "vmcore.flat", "vmcore.elf.zst",
                     "vmcore.incomplete"):
            if self.dump and (self.dump / name).exists():
                return self.dump / name
        return None

    def console(self, pattern):
        """Console lines that match."""
        return [t for _, t in self.machine.lines if re.search(pattern, t)]

    def said(self):
        """What kdump-init wrote to the console."""
        return [re.sub(r"^.*?(kdump-init: )", r"\1", t) for t in
                self.console(r"kdump-init: ")]

    def files(self):
        """All collected files, relative to the collection."""
        return sorted(str(p.relative_to(self.collected)) for p in
                      self.collected.rglob("*") if p.is_file())

    def close(self):
        """Drop the work folder unless it is to be kept; $CRASHTEST_LOGS gets
        the console's log in any case."""
        logs = os.environ.get("CRASHTEST_LOGS")
        if logs and (self.work / "console.log").exists():
            shutil.copy(self.work / "console.log",
                        pathlib.Path(logs, f"{self.work.name}.console"))
        if self._temp:
            self._temp.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
