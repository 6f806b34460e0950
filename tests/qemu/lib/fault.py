# SPDX-License-Identifier: MIT
"""A capture under a fault, at a third of a whole crash's price.

The machine of a run has the RAM of a kernel that really crashed (lib/dead.py)
above its own, and boots the capture kernel with the image of kdump-mkinitrd at
once: no production boot, no arming, and none after it. What came out is read
from the disks by the host. The end of such a machine is the reset that
kdump-init asked for; whole circles are what crash.py runs.

    with fault(disks=(Disk("ext4", size="8M"),)) as run:
        run.survives(state="dmesg-only", reason=r"[Nn]o space")
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

from . import cpio, dead, disk, fetch, guest, qemu, readers, server, tools
from .verify import CheckError, check

MAC = "52:54:00:12:34:5"    # of the machine's interfaces, the last digit missing
LOW_M = 80          # where a kernel is unpacked to; the dead memory lies above
# no_timer_check: on a busy host the test of the emulated timer fails now and then
COMMAND_LINE = ("console=ttyS0 nokaslr irqpoll nr_cpus=1 reset_devices panic=10 "
                "no_timer_check cryptomgr.notests")


@dataclasses.dataclass
class Disk:
    """A target disk; in kdump.conf it is FS UUID=… unless where says else."""
    fs: str = "ext4"                # "": nothing is on it
    size: str = "512M"
    options: tuple = ()             # to mke2fs
    tree: object = None             # callable(folder): what the file system holds
    damage: object = None           # callable(path): afterwards
    where: str = None               # instead of UUID=…
    attach: bool = True             # False: added later or never, by Run.plug
    readonly: bool = False
    errors: str = None              # rules for blkdebug
    image: object = None            # a file that is used again, made if absent


@dataclasses.dataclass
class Options:
    """What to capture and what goes wrong."""
    kernel: str = "trixie"
    crash_kernel: object = None     # a bzImage without modules, to capture with
    capture: tuple = ()             # an image and a kernel that are there already
    disks: tuple = (Disk(),)
    net: object = None              # QEMU's -netdev, several as a tuple, or callable(run)
    web: object = None              # callable(folder) that starts a server
    url: str = None                 # instead of the server's
    conf: str = None                # the whole kdump.conf; {uuid0}… and {url}
    extra_conf: str = "target_timeout 5\n"
    modules: tuple = ()             # further ones for the image
    level: int = 31
    memory: object = None           # callable(Dead): what happened to it
    usable_m: int = 96              # what crashkernel= would reserve
    smp: int = 1
    append: str = ""
    command_line: str = COMMAND_LINE
    overlay: dict = None            # {name: (data, mode)} over the capture image
    root_files: dict = None         # the same in kdump-mkinitrd's root
    machine: tuple = ()             # more words for QEMU
    on: tuple = ()                  # (pattern, callable(Run)): at its first line
    timeout: int = 800
    quiet: int = 300


class Run:
    """One capture; after go() the fields tell how it went."""

    def __init__(self, options):
        self.o = options
        self._temp = tempfile.TemporaryDirectory(prefix="fault-")
        self.work = pathlib.Path(self._temp.name)
        self.kernel = fetch.kernel(options.kernel)
        self.machine = self.web = None
        self.ended = None           # why the machine ended, in QEMU's words
        self.trees = []             # what each disk holds, as folders
        self._lock = threading.Lock()
        self._waiting = list(options.on)

    # ------------------------------------------------------------ parts

    def image(self, n):
        """The file of disk n."""
        return self.o.disks[n].image or self.work / f"disk{n}.img"

    def _disk(self, n, d):
        """Makes a disk; its name in kdump.conf."""
        image = self.image(n)
        tree = self.work / f"tree{n}"
        tree.mkdir()
        if d.tree:
            d.tree(tree)
        if not d.fs:
            disk.blank(image, d.size)
            ident = "none"
        elif d.fs == "ext4":
            ident = f"00000000-1111-2222-3333-{n:012}"
            if image.exists():
                return f"UUID={ident}"
            disk.blank(image, d.size)
            tools.run("mke2fs", "-q", "-F", "-t", "ext4", "-U", ident, "-d", tree,
                      *d.options, image)
        else:
            ident = disk.make(image, d.fs, d.size)
        if d.damage:
            d.damage(image)
        return d.where or f"UUID={ident}"

    def _conf(self, names):
        o = self.o
        url = o.url or getattr(self.web, "url", "")
        ids = {f"uuid{n}": name for n, name in enumerate(names)}
        if o.conf is not None:
            return o.conf.format(url=url, **ids)
        lines = ["path /crash"]
        modules = [*guest.PRODUCTION_MODULES, *o.modules]
        if o.net:
            modules += guest.NET_MODULES
            lines += [f"https {url}", "https_ca /etc/kdump-ca.pem", "net auto dhcp"]
        lines += [f"{d.fs or 'ext4'} {name}" for d, name in zip(o.disks, names)]
        lines += [f"core_collector kdump-dumper -z -d {o.level}",
                  f"extra_modules {' '.join(modules)}"]
        return "\n".join(lines) + "\n" + o.extra_conf

    def _capture_image(self, conf):
        root = self.work / "root"
        (root / "etc").mkdir(parents=True)
        (root / "lib").mkdir()
        (root / "lib/modules").symlink_to(self.kernel.root / "lib/modules")
        for name, (data, mode) in (self.o.root_files or {}).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
            path.chmod(mode)
        ca = getattr(self.web, "ca", None) or (_any_ca(self.work) if self.o.net else None)
        if ca:
            shutil.copy(ca, root / "etc/kdump-ca.pem")
        image = self.work / "capture.img"
        guest.capture_image(self.kernel, conf, image, root, self.o.crash_kernel)
        if self.o.overlay:
            more = cpio.Cpio()
            for name, (data, mode) in self.o.overlay.items():
                more.file(name, data, mode)
            with open(image, "ab") as f:
                f.write(bytes(-f.tell() % 512) + more.bytes())
        return image

    def _ram(self):
        """The machine's memory as a file; its size and the reserved part in MiB."""
        crashed = dead.take(self.kernel)
        if self.o.memory:
            self.o.memory(crashed)
        begin = LOW_M * dead.MIB
        with open(self.work / "ram", "wb") as f:
            f.seek(begin)
            f.write(crashed.moved(begin + dead.MIB))
            for pa, size in crashed.ranges():
                f.seek(begin + dead.MIB + pa)
                f.write(crashed.ram[pa:pa + size])
            total = self.o.usable_m + dead.RAM_M + 1
            f.truncate(total * dead.MIB)
        return total

    def _drive(self, n, d):
        last = {"driver": "file", "filename": str(self.image(n)),
                "node-name": f"file{n}"}
        if d.readonly:
            last["read-only"] = True
        node = {"driver": "raw", "node-name": f"disk{n}", "file": last,
                "read-only": d.readonly}
        if d.errors:
            rules = self.work / f"errors{n}"
            rules.write_text(d.errors)
            node["file"] = {"driver": "blkdebug", "config": str(rules),
                            "image": last}
        args = ["-blockdev", json.dumps(node)]
        if d.attach:
            args += ["-device", f"virtio-blk-pci,{self._device(n)}"]
        return args

    def _device(self, n):
        return f"drive=disk{n},id=dev{n},serial=disk{n}"

    def _args(self, image, total):
        o = self.o
        accel = qemu.accel_for(self.kernel)
        args = qemu.base_args(accel, "host" if accel == "kvm" else "Nehalem",
                              f"{total}M", o.smp)
        args += ["-no-reboot", "-machine", "memory-backend=ram", "-object",
                 f"memory-backend-file,id=ram,size={total}M,share=off,"
                 f"mem-path={self.work}/ram"]
        for n, d in enumerate(o.disks):
            args += self._drive(n, d)
        for n, net in enumerate(self._nets()):
            args += ["-netdev", f"{net},id=net{n}", "-device",
                     f"virtio-net-pci,netdev=net{n},id=nic{n},mac={MAC}{n:x},speed=1000,duplex=full,romfile="]
        at = LOW_M * dead.MIB
        line = (f"{o.command_line} {o.append} elfcorehdr={at:#x} "
                f"memmap={dead.RAM_M + 1}M${LOW_M}M")
        kernel = o.capture[1] if o.capture else o.crash_kernel or self.kernel.vmlinuz
        return args + [*o.machine, "-kernel", kernel,
                       "-initrd", image, "-append", line]

    def _nets(self):
        nets = self.o.net(self) if callable(self.o.net) else self.o.net
        return (nets,) if isinstance(nets, str) else nets or ()

    # ------------------------------------------------------------ the run

    def go(self):
        """Capture. CheckError if the machine neither resets nor powers off."""
        try:
            if self.o.web:
                self.web = self.o.web(self.work / "web")
            names = [self._disk(n, d) for n, d in enumerate(self.o.disks)]
            image = self.o.capture[0] if self.o.capture else \
                self._capture_image(self._conf(names))
            args = self._args(image, self._ram())
            with qemu.Machine(args, self.work / "console.log") as self.machine:
                self.machine.qmp("query-status")
                self._watch()
                self.ended = self._end()
                check(not self._waiting, "no line of the console set off: " +
                      ", ".join(repr(p[0]) for p in self._waiting))
        finally:
            if self.web:
                self.web.stop()
        self._read_disks()

    def _watch(self):
        try:
            for _, text in self.machine.follow(self.o.timeout, self.o.quiet):
                for pair in [p for p in self._waiting if re.search(p[0], text)]:
                    self._waiting.remove(pair)
                    pair[1](self)
        except qemu.MachineError as err:
            raise CheckError(f"no reboot: {err}\n{self.tail()}") from err

    def _end(self):
        self.machine.proc.wait(timeout=20)
        return self.machine.event("SHUTDOWN").get("reason", "nothing")

    def _read_disks(self):
        for n, d in enumerate(self.o.disks):
            out = self.work / f"read{n}"
            out.mkdir()
            self.trees.append(out)
            if d.fs == "ext4" and disk.sound(self.image(n)):
                tools.run("debugfs", "-R", f"rdump / {out}", self.image(n))

    # ------------------------------------------------------------ faults

    def qmp(self, command, **arguments):
        """A monitor command, from any thread."""
        with self._lock:
            return self.machine.qmp(command, **arguments)

    def later(self, seconds, what):
        """Calls what(run) after so many seconds, if the machine is still there."""
        def call():
            with contextlib.suppress(qemu.MachineError, OSError, ValueError):
                what(self)
        timer = threading.Timer(seconds, call)
        timer.daemon = True
        timer.start()

    def plug(self, n):
        """Plugs in the disk n."""
        self.qmp("device_add", driver="virtio-blk-pci", drive=f"disk{n}",
                 id=f"dev{n}", serial=f"disk{n}")

    def pull(self, n):
        """Pulls the disk n out, whatever the guest says to that."""
        self.qmp("device_del", id=f"dev{n}")

    def throttle(self, n, bytes_a_second):
        """Slows disk n down; 1 is a disk that hangs."""
        limits = dict.fromkeys(("bps", "bps_rd", "bps_wr", "iops", "iops_rd",
                                "iops_wr"), 0)
        self.qmp("block_set_io_throttle",
                 id=f"/machine/peripheral/dev{n}/virtio-backend", **dict(limits, bps=bytes_a_second))

    def fail_now(self, n, *rules):
        """From now on blkdebug's rules hold for disk n."""
        self.qmp("blockdev-add", driver="blkdebug", **{
            "node-name": f"bad{n}", "image": f"file{n}",
            "inject-error": list(rules)})
        self.qmp("blockdev-reopen", options=[{
            "driver": "raw", "node-name": f"disk{n}", "file": f"bad{n}"}])

    # ------------------------------------------------------------ the result

    def tail(self):
        """The console's end."""
        return "\n".join(f"    {t:8.3f} {l}" for t, l in self.machine.lines[-30:])

    def console(self, pattern):
        """Console lines that match."""
        return [t for _, t in self.machine.lines if re.search(pattern, t)]

    def said(self):
        """What kdump-init wrote to the console."""
        return [re.sub(r"^.*?(kdump-init: )", r"\1", t)
                for t in self.console(r"kdump-init: ")]

    def files(self):
        """All files on all targets."""
        found = [p for tree in self.trees for p in tree.rglob("*") if p.is_file()]
        if self.web and self.web.www.exists():
            found += [p for p in self.web.www.rglob("*") if p.is_file()]
        return sorted(found)

    def named(self, name):
        """The files of this name."""
        return [p for p in self.files() if p.name == name]

    @property
    def report(self):
        """kdump.json of the dump that counts: the one with most in it."""
        order = ("nothing", "dmesg-only", "partial", "fallback", "complete")
        got = [json.loads(p.read_text()) for p in self.named("kdump.json")]
        return max(got, key=lambda j: order.index(j["state"]), default={})

    def survives(self, state, reason, dmesg=None, ended="guest-reset"):
        """The promises that hold under each fault.

        state: of kdump.json, None if there is none, a tuple for one of several;
        reason: a pattern of a line
        of the console or of a step in kdump.json; dmesg: is the log on a target
        (default: if there is a state), False: its end is on the console, "any":
        either, where the log itself is hurt."""
        self.resets(reason, ended)
        wanted = state if isinstance(state, tuple) else (state,)
        state = self.report.get("state")
        check(state in wanted, f"state {state!r}, wanted {wanted}")
        if dmesg is None:
            dmesg = state is not None
        if dmesg == "any":
            return
        saved = any("Kernel panic - not syncing" in p.read_text(errors="replace")
                    for p in self.named("dmesg.txt"))
        check(saved == bool(dmesg), f"dmesg.txt with the panic: {saved}")
        if dmesg is False:
            check(self.console(r"kdump-init: .*dmesg: .*sysrq triggered crash"),
                  "the log's end is not on the console")

    def resets(self, reason=None, ended="guest-reset"):
        """What holds even when the capture kernel itself has no future."""
        check(self.ended == ended, f"the machine ended by {self.ended}, "
              f"not {ended}\n{self.tail()}")
        whys = [s["why"] for s in self.report.get("steps", ()) if "why" in s]
        told = [t for _, t in self.machine.lines]
        check(not reason or any(re.search(reason, t) for t in told + whys),
              f"nothing said matches {reason!r}")
        self.finals()
        self.no_debris()

    def finals(self):
        """What has the final name of a dump is one, and whole."""
        for core in self.named("vmcore") + self.named("vmcore.elf.zst"):
            done = subprocess.run([guest.program("kdump-dumper"), "--verify", core],
                                  check=False, text=True, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            check(done.returncode == 0, f"{core.name}: {done.stdout.strip()}")

    def opened(self):
        """Each vmcore opens in a reader that is not ours, which finds the dead kernel's log in it."""
        for core in self.named("vmcore"):
            got = readers.makedumpfile(core, self.work)
            check(any("Kernel panic" in line for line in got["dmesg"]),
                  f"{core}: makedumpfile finds no panic in its log")

    def no_debris(self):
        """After a dump that is whole nothing unfinished lies beside it."""
        for report in self.named("kdump.json"):
            state = json.loads(report.read_text())["state"]
            if state in ("complete", "fallback"):
                left = [p.name for p in report.parent.iterdir()
                        if p.name.endswith(".partial")]
                check(not left, f"unfinished beside a {state} dump: {left}")

    def close(self):
        """Drops the work folder; $CRASHTEST_LOGS gets the console's log."""
        logs, log = os.environ.get("CRASHTEST_LOGS"), self.work / "console.log"
        if logs and log.exists():
            shutil.copy(log, pathlib.Path(logs, f"{self.work.name}.console"))
        self._temp.cleanup()


def _any_ca(folder):
    (folder / "ca").mkdir()
    return server.make_ca(folder / "ca")


@contextlib.contextmanager
def fault(**options):
    """A capture with these Options; the run, whose lines are told on failure."""
    run = Run(Options(**options))
    try:
        run.go()
        yield run
        print(f"{run.kernel.release}: {run.report.get('state', 'no report')}")
    except CheckError:
        for line in run.said() if run.machine else ():
            print("   ", line)
        raise
    finally:
        run.close()


def one(state, reason, dmesg=None, **options):
    """A whole scenario: a fault after which all promises hold."""
    with fault(**options) as run:
        run.survives(state, reason, dmesg)


def noise(path, begin, size, seed=1):
    """Random bytes over a part of a file."""
    with open(path, "r+b") as f:
        f.seek(begin)
        f.write(dead.random_bytes(size, seed))


def first_block(path, inode):
    """Where on an ext4 image an inode's data begins."""
    said = tools.run("debugfs", "-R", f"blocks <{inode}>", path)
    return int(said.strip().split("\n")[-1].split()[0]) * 4096
