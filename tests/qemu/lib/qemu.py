# SPDX-License-Identifier: MIT
"""One QEMU machine: its console with times, its monitor, its end."""

import contextlib
import ctypes
import fcntl
import json
import os
import pathlib
import queue
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time

from . import cpio, paths, tools

PR_SET_PDEATHSIG = 1


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class MachineError(Exception):
    """The machine did not do what was waited for."""


class Machine:
    """A running QEMU. lines: [(seconds since start, text)] of the console."""

    def __init__(self, args, log, pass_fds=(), program="qemu-system-x86_64"):
        self.begin = time.monotonic()
        self.lines = []
        self._queue = queue.Queue()
        self._log = open(log, "w", encoding="utf-8", buffering=1)
        self._err = tempfile.TemporaryFile()
        self._monitor, theirs = socket.socketpair()
        self._monitor_file = None
        self._events = []
        with theirs:
            self.proc = subprocess.Popen(
                [*tools.argv(program), *map(str, args),
                 "-chardev", f"socket,id=monitor,fd={theirs.fileno()}",
                 "-mon", "chardev=monitor,mode=control"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=self._err, pass_fds=(theirs.fileno(), *pass_fds),
                preexec_fn=_die_with_parent)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for raw in self.proc.stdout:
            text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1bc|\r", "",
                          raw.decode(errors="replace")).rstrip("\n")
            self._queue.put((time.monotonic() - self.begin, text))
        self._queue.put(None)

    def follow(self, timeout, quiet):
        """Yield console lines until the machine ends. MachineError after
        timeout seconds, or after quiet seconds without a line."""
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            try:
                item = self._queue.get(timeout=max(0.01, min(left, quiet)))
            except queue.Empty:
                what = "time limit" if time.monotonic() >= deadline else "silent"
                limit = timeout if what == "time limit" else quiet
                raise MachineError(f"guest: {what} of {limit:.0f} s: last line: "
                                   f"{self.last()}") from None
            if item is None:
                return
            self._keep(item)
            yield item

    def drain(self):
        """Take over what came since; is the machine still there?"""
        while True:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return True
            if item is None:
                return False
            self._keep(item)

    def _keep(self, item):
        self.lines.append(item)
        self._log.write(f"{item[0]:9.3f} {item[1]}\n")

    def last(self):
        """The newest console line."""
        return self.lines[-1][1] if self.lines else "(none)"

    def type(self, text):
        """What somebody types on the serial console."""
        self.proc.stdin.write(text.encode())
        self.proc.stdin.flush()

    def qmp(self, command, **arguments):
        """One monitor command."""
        if not self._monitor_file:
            self._monitor.settimeout(20)
            self._monitor_file = self._monitor.makefile("rw")
            self._monitor_file.readline()       # the greeting
            self._ask("qmp_capabilities", {})
        return self._ask(command, arguments)

    def _ask(self, command, arguments):
        f = self._monitor_file
        try:
            f.write(json.dumps({"execute": command,
                                "arguments": arguments}) + "\n")
            f.flush()
            reply = json.loads(f.readline())
            while "event" in reply:
                self._events.append(reply)
                reply = json.loads(f.readline())
        except (OSError, ValueError) as err:
            raise MachineError(f"qemu: {command}: {err}{self._how_it_ended()}") from err
        if "error" in reply:
            raise MachineError(f"qemu: {command}: {reply['error']}")
        return reply["return"]

    def _how_it_ended(self):
        """Of a QEMU that hung up: its status and what it complained of."""
        try:
            status = self.proc.wait(timeout=10)
        except subprocess.TimeoutExpired:
            return ""
        self._err.seek(0)
        return f": QEMU ended with status {status}: {self._err.read().decode(errors='replace')}"

    def event(self, name):
        """The data of the last event of this name, once QEMU has ended; {} if
        there was none. Needs a monitor command before."""
        with contextlib.suppress(OSError, ValueError):
            for line in self._monitor_file:
                self._events.append(json.loads(line))
        return next((e["data"] for e in reversed(self._events)
                     if e.get("event") == name), {})

    def end(self):
        """Stop the machine if it still runs; returns QEMU's own complaints."""
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait(timeout=20)
        self._log.close()
        self._monitor.close()
        self._err.seek(0)
        return self._err.read().decode(errors="replace").strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def base_args(accel, cpu, mem, smp, machine=("-machine", "pc,hpet=off")):
    """What every machine has; machine: lib/arch.py tells of others than a PC."""
    return [*machine, "-accel", accel, "-cpu", cpu,
            "-m", mem, "-smp", smp, "-nodefaults", "-display", "none",
            "-chardev", "stdio,id=console,signal=off",
            "-serial", "chardev:console", *_lazy(mem)]


def _lazy(mem):
    """RAM that may be larger than the host's: pages come as they are touched."""
    if not mem.endswith("G") or int(mem[:-1]) < 16:
        return []
    return ["-object", f"memory-backend-ram,id=lazy,size={mem},reserve=off",
            "-machine", "memory-backend=lazy"]


def accel_for(kernel):
    """'kvm' if a short boot of this kernel under KVM reaches user space, else
    'tcg'; found out once between two boots of the host. CRASHTEST_ACCEL in
    the environment answers without a try."""
    known = os.environ.get("CRASHTEST_ACCEL")
    if known:
        return known
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg"
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    answer = paths.cache("accel") / boot
    with open(f"{answer}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            answer.write_text("kvm" if _kvm_boots(kernel) else "tcg")
        return answer.read_text()


def _kvm_boots(kernel, limit=12):
    image = cpio.Cpio()
    image.file("bin/busybox", pathlib.Path(tools.file("busybox")).read_bytes(),
               0o755)
    image.node("dev/console", 5, 1)
    image.file("init", "#!/bin/busybox sh\necho probe: up\n"
               "/bin/busybox poweroff -f\n", 0o755)
    with tempfile.TemporaryDirectory() as tmp:
        initrd = pathlib.Path(tmp, "probe.cpio")
        initrd.write_bytes(image.bytes())
        args = base_args("kvm", "host", "512M", 2) + [
            "-no-reboot", "-kernel", kernel.vmlinuz, "-initrd", initrd,
            "-append", "console=ttyS0 quiet panic=-1"]
        with Machine(args, f"{tmp}/log") as m:
            try:
                return any("probe: up" in text
                           for _, text in m.follow(limit, limit))
            except MachineError:
                return False
