# SPDX-License-Identifier: MIT
"""OpenSSH's sshd on the host's loopback, with a key of the capture's and what the guest must know of it."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from . import server, tools
from .server import GUEST_SEES

CONF = """\
ListenAddress 127.0.0.1
Port {port}
{host_keys}
PidFile {dir}/sshd.pid
AuthorizedKeysFile {dir}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitUserRC no
PrintMotd no
PrintLastLog no
LogLevel VERBOSE
{more}
Subsystem sftp {sftp}
"""
KINDS = {"ed25519": ["-t", "ed25519"], "ecdsa": ["-t", "ecdsa", "-b", "256"],
         "rsa": ["-t", "rsa", "-b", "2048"]}


def _keygen(path, kind, *more):
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", "test", *KINDS[kind], "-f", path, *more],
                   check=True, stdin=subprocess.DEVNULL)
    return path


class Sshd:
    """A running sshd; dumps arrive below www. port of the guest may be another one (a proxy's)."""

    def __init__(self, folder, key="ed25519", host_keys=("ed25519", "ecdsa", "rsa"), more="",
                 sftp="internal-sftp"):
        self.dir = pathlib.Path(folder).resolve()
        self.www = self.dir / "www"
        self.www.mkdir(parents=True)
        self.port = server.free_port()
        self.user = "root" if os.geteuid() == 0 else os.environ.get("USER", "root")
        self.key = _keygen(self.dir / "key", key)
        shutil.copy(self.dir / "key.pub", self.dir / "authorized_keys")
        self.host = {k: _keygen(self.dir / f"host_{k}", k) for k in host_keys}
        self.ca = server.make_ca(self.dir)
        os.makedirs("/run/sshd", exist_ok=True)
        (self.dir / "conf").write_text(CONF.format(
            dir=self.dir, port=self.port, more=more, sftp=sftp,
            host_keys="\n".join(f"HostKey {p}" for p in self.host.values())))
        self.proc = None
        self.start()

    def start(self):
        """Starts it, again perhaps."""
        self.proc = subprocess.Popen(
            [shutil.which("sshd", path="/usr/sbin:/usr/bin"), "-D", "-e", "-f", self.dir / "conf"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=open(self.dir / "log", "ab"), start_new_session=True)
        for _ in range(100):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise tools.ToolError("sshd: " + (self.dir / "log").read_text())

    def stop(self):
        """Ends it with all its sessions."""
        if self.proc and self.proc.poll() is None:
            os.killpg(self.proc.pid, signal.SIGKILL)
            self.proc.wait(timeout=10)
        # sessions have process groups of their own
        for pid in self.sessions():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def change_host_keys(self):
        """Other keys than known_hosts was told of; the server starts again."""
        for kind, path in self.host.items():
            path.unlink()
            path.with_suffix(".pub").unlink()
            _keygen(path, kind)
        self.stop()
        self.start()

    def drop_host_key(self, kind):
        """The server has none of this kind any more."""
        conf = self.dir / "conf"
        conf.write_text("".join(line for line in conf.read_text().splitlines(True)
                                if line != f"HostKey {self.host[kind]}\n"))
        self.stop()
        self.start()

    def forbid_folder(self):
        """A file stands where the folder is to be made."""
        self.www.rmdir()
        self.www.write_text("")

    def sessions(self):
        """The processes of this server's connections."""
        found = []
        for stat in pathlib.Path("/proc").glob("[0-9]*/environ"):
            try:
                line = (stat.parent / "cmdline").read_bytes()
                if line.startswith(b"sshd: ") and self._is_ours(stat.parent.name):
                    found.append(int(stat.parent.name))
            except OSError:
                continue
        return found

    def _is_ours(self, pid):
        """Does it write to our log?"""
        return os.readlink(f"/proc/{pid}/fd/2") == str(self.dir / "log") or \
            str(self.dir) in os.readlink(f"/proc/{pid}/cwd")

    def known_hosts(self, port=None, kinds=None, hashed=False):
        """A known_hosts that has this server, as the guest calls it."""
        name = f"[{GUEST_SEES}]:{port or self.port}"
        path = self.dir / "known"
        path.write_text("".join(
            f"{name} {' '.join(self.host[k].with_suffix('.pub').read_text().split()[:2])}\n"
            for k in kinds or self.host))
        if hashed:
            subprocess.run(["ssh-keygen", "-q", "-H", "-f", path], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return path.read_text()

    def root_files(self, **known):
        """What kdump-mkinitrd finds below its root."""
        return {"root/.ssh/kdump_id_rsa": (self.key.read_text(), 0o600),
                "root/.ssh/known_hosts": (self.known_hosts(**known), 0o600)}

    def conf(self, target, port=None):
        """The lines of kdump.conf for it; target: ssh or sftp."""
        return (f"path {self.www}\n{target} {self.user}@{GUEST_SEES}:{port or self.port}\n"
                "net auto dhcp\n")

    @property
    def url(self):
        """So that it can stand where a web server does."""
        return f"https://{GUEST_SEES}:{self.port}"
