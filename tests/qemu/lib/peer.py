# SPDX-License-Identifier: MIT
"""The other machine on a network of the test's own: a Debian kernel with Debian's own servers, joined to the machine
under test by one cable for each of its interfaces (QEMU's stream sockets in the run's folder).

    Peer(folder, up="ip addr add 10.9.0.1/24 dev $(nic 01)\\n", programs=("dnsmasq",))"""

import pathlib
import re
import threading

from . import cpio, disk, fetch, modules, paths, qemu, tools
from .guest import GuestError
from .stacked import programs as program_files

PACKAGES = ("nfs-kernel-server", "rpcbind", "dnsmasq-base", "iproute2")    # of Debian stable
MODULES = ("virtio_pci", "virtio_net", "virtio_blk", "af_packet")


class Peer:
    """A running machine; up: shell lines that its init runs before it is ready, files: {name: (data, mode)}."""

    # pylint: disable=too-many-arguments
    def __init__(self, folder, up, programs=(), more_modules=(), files=None, cables=1, mem="224M",
                 kernel="trixie", image=None, mac="52:54:00:00:01"):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(parents=True, exist_ok=True)
        self.www = self.dir / "www"
        self.image, self.cables, self._mac = image, cables, mac
        self._root = fetch.closed("peer", "trixie", *PACKAGES)
        self.kernel = fetch.kernel(kernel)
        self._changed = threading.Condition()
        self._closed = False
        self._pack(up, programs, more_modules, files or {})
        accel = qemu.accel_for(self.kernel)
        args = qemu.base_args(accel, "host" if accel == "kvm" else "Nehalem", mem, 1)
        args += self._network_args() + self._disk_args()
        self.machine = qemu.Machine(
            [*args, "-no-reboot", "-kernel", self.kernel.vmlinuz, "-initrd", self.dir / "peer.cpio", "-append",
             "console=ttyS0 panic=-1 no_timer_check cryptomgr.notests quiet"], self.dir / "peer.log")
        self._lines = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait(r"^peer: ready", 150)

    # ------------------------------------------------------------ parts

    def _socket(self, n):
        return self.dir / f"cable{n}"

    def _network_args(self):
        args = []
        for n in range(self.cables):
            args += ["-netdev", f"stream,id=cable{n},server=on,addr.type=unix,addr.path={self._socket(n)}",
                     "-device", f"virtio-net-pci,netdev=cable{n},id=nic{n},mac={self._mac}:{n + 1:02x},speed=1000,"
                     "duplex=full,romfile="]
        return args

    def netdev(self, n=0):
        """The other end of a cable, for -netdev of the machine under test; its id is to be added."""
        return f"stream,server=off,addr.type=unix,addr.path={self._socket(n)}"

    def _disk_args(self):
        if not self.image:
            return []
        return ["-drive", f"if=none,id=export,format=raw,cache=unsafe,file={self.image}",
                "-device", "virtio-blk-pci,drive=export"]

    def _pack(self, up, programs, more, files):
        image = cpio.Cpio()
        image.node("dev/console", 5, 1)
        image.file("init", (paths.QEMU_DIR / "guest/peer").read_bytes(), 0o755)
        image.file("bin/busybox", pathlib.Path(tools.file("busybox")).read_bytes(), 0o755)
        names = [*MODULES, *more]
        known = modules.known(self.kernel.modules)
        absent = [n for n in more if n.replace("-", "_") not in known]
        if absent:
            raise GuestError(f"peer: {self.kernel.release} has no module {' '.join(absent)}")
        names = [n for n in names if n.replace("-", "_") in known]
        for name, data in modules.resolve(self.kernel.modules, names):
            image.file(f"mods/{name}", data)
        image.file("etc/peer/up", up)
        image.file("etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"
                                 "_rpc:x:101:65534::/run/rpcbind:/bin/sh\n")
        image.file("etc/group", "root:x:0:\nnogroup:x:65534:\n")
        image.file("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
        for name, (data, mode) in (program_files("ip", *programs, root=self._root) | files).items():
            image.file(name, data, mode)
        (self.dir / "peer.cpio").write_bytes(image.bytes())

    # ------------------------------------------------------------ its console

    def _read(self):
        try:
            for _, text in self.machine.follow(7200, 7200):
                with self._changed:
                    self._lines.append(text)
                    self._changed.notify_all()
        except qemu.MachineError:
            pass
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait(self, pattern, seconds, begin=0):
        """The first line from `begin` on that matches; its number."""
        def find():
            for n in range(begin, len(self._lines)):
                if re.search(pattern, self._lines[n]):
                    return n
            return None
        with self._changed:
            self._changed.wait_for(lambda: find() is not None or self._closed, seconds)
            found = find()
            if found is None:
                tail = "\n".join(self._lines[-20:])
                raise GuestError(f"peer: nothing matches {pattern!r} within {seconds} s:\n{tail}")
            return found

    def sh(self, line, seconds=30):
        """Runs a line of shell; what it said."""
        begin = len(self._lines)
        self.machine.type(line + "\n")
        end = self.wait(r"^peer: done \d+$", seconds, begin)
        return "\n".join(self._lines[begin:end])

    def tell(self, line):
        """The same without waiting for its end, from any thread."""
        self.machine.type(line + "\n")

    def stop(self):
        """Ends it; what its disk holds is below www then."""
        if self.machine.proc.poll() is None and not self._closed:
            try:
                self.sh("[ ! -e /etc/peer/down ] || . /etc/peer/down", 60)
                self.machine.type("sync; poweroff -f\n")
                self.machine.proc.wait(timeout=30)
            except (GuestError, OSError, tools.subprocess.TimeoutExpired):
                pass
        self.machine.end()
        if self.image and not self.www.exists():
            self.www.mkdir()
            if disk.sound(self.image):
                tools.run("debugfs", "-R", f"rdump / {self.www}", self.image)
