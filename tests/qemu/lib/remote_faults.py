# SPDX-License-Identifier: MIT
"""Faults of servers and of the way to them, a numbered row each: where the dump ends up, and what is said."""

import contextlib
import dataclasses
import pathlib
import subprocess
import sys
import tempfile

from . import remote, server, verify
from .fault import Disk, fault
from .proxy import Proxy
from .sshd import Sshd

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import s3_server

MIB = 1 << 20
# a capture of lib/dead.py's machine sends about so much at level 31
DUMP = 9 * MIB
SHORT = "target_timeout 5\nstep_timeout 30\nstall_timeout 20\n"


@dataclasses.dataclass
class Fault:
    """One row."""
    number: int
    what: str
    reason: str                     # a pattern of what is said
    saved: str = "disk"             # where the dump is: "disk" or "server"
    way: dict = None                # of a Proxy in front of the server
    server: dict = None             # words for the server's class
    known: dict = None              # for Sshd.root_files
    before: object = None           # callable(server) before the capture; its result's close() behind it

    @property
    def name(self):
        """For lib/faultrows.py."""
        return f"{self.number} {self.what}"


class Closed:
    """A port that nobody listens at."""

    def __init__(self, _):
        self.port = server.free_port()

    def stop(self):
        """Nothing to do."""


def _way(row, real):
    if row.way == {}:
        return Closed(real)
    return Proxy(real, **row.way) if row.way else None


@contextlib.contextmanager
def small_disk(folder, size):
    """A file system of so much room there."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def judge(row, run, on_server):
    """The promises of a row: the target, the reason, a reset, no final name on half a file."""
    run.resets(row.reason)
    report = run.report
    verify.check(report.get("state") == "complete", f"state {report.get('state')}")
    where = report["targets"][-1]["type"]
    verify.check((where == "ext4") == (row.saved == "disk"), f"the dump is on {where}")
    if row.saved == "disk":
        whole = [p for p in on_server() if p.name in ("vmcore", "vmcore.flat")]
        verify.check(not whole, f"a final name on the server: {whole}")


# ---------------------------------------------------------------- ssh and sftp


def ssh_rows(base, resumes):
    """The faults of an SSH server, numbered from base on; resumes: is a lost connection made again?"""
    back = "server" if resumes else "disk"
    lost = r"vmcore.*saved" if resumes else r"connection was lost|closed the connection"
    return [
        Fault(base + 1, "refused", r"[Rr]efused", way={}),
        Fault(base + 2, "reset at 10 %", lost, back, way={"fault": "reset", "after": DUMP // 10}),
        Fault(base + 3, "reset at 50 %", lost, back, way={"fault": "reset", "after": DUMP // 2}),
        Fault(base + 4, "reset at 90 %", lost, back, way={"fault": "reset", "after": DUMP * 9 // 10}),
        # what can be resumed comes to its end so, if there is time for it
        Fault(base + 5, "reset again and again", lost, back, way={"fault": "reset", "after": MIB, "times": None}),
        Fault(base + 6, "stalls for ever", r"stall|no answer", way={
            "fault": "stall", "after": 4 * MIB, "times": None}),
        Fault(base + 7, "one byte a second", r"stall|no answer", way={
            "fault": "drip", "after": 4 * MIB, "times": None}),
        Fault(base + 8, "restarted in the middle", lost, back, way={
            "fault": "restart", "after": 4 * MIB, "down": 4}),
        Fault(base + 9, "another host key than known", r"another one than known_hosts has",
              before=lambda s: s.change_host_keys()),
        Fault(base + 10, "a host key of no kind that is known", r"no host key of a kind|known_hosts",
              server={"host_keys": ("rsa", "ed25519")}, known={"kinds": ("ed25519",)},
              before=lambda s: s.drop_host_key("ed25519")),
        Fault(base + 11, "key refused", r"refuses the key",
              before=lambda s: (s.dir / "authorized_keys").write_text("")),
        Fault(base + 12, "disk full", r"disk is full|No space left|too little for any level",
              before=lambda s: small_disk(s.www, "3M")),
        Fault(base + 13, "no such folder can be made", r"denied|failure|[Nn]ot a directory|no such file",
              before=lambda s: s.forbid_folder()),
        Fault(base + 14, "no subsystem, no shell", r"SFTP|request failed|closed|exit status|available",
              server={"more": "ForceCommand /bin/false", "sftp": "/bin/false"}),
    ]


def ssh_one(target):
    """How a row of ssh_rows() is run."""
    def one(row):
        with tempfile.TemporaryDirectory(prefix="sshd-") as temp, contextlib.ExitStack() as last:
            sshd = Sshd(pathlib.Path(temp) / "s", **(row.server or {}))
            last.callback(sshd.stop)
            way = _way(row, sshd.port)
            port = way.port if way else None
            files = sshd.root_files(port=port, **(row.known or {}))
            done = row.before(sshd) if row.before else None
            if hasattr(done, "__enter__"):
                last.enter_context(done)
            with fault(net="user", web=lambda _: sshd, disks=(Disk(),), root_files=files,
                       conf=remote.conf(sshd.conf(target, port), 1, more=SHORT)) as run:
                judge(row, run, lambda: [p for p in sshd.www.rglob("*") if p.is_file()])
            if way:
                way.stop()
    return one


# ---------------------------------------------------------------- https


HTTPS = [
    Fault(41, "refused", r"[Rr]efused|connect", way={}),
    Fault(42, "reset at 10 %", r"reset|failed|error", way={
        "fault": "reset", "after": DUMP // 10, "times": None}),
    Fault(43, "reset at 50 %", r"reset|failed|error", way={
        "fault": "reset", "after": DUMP // 2, "times": None}),
    Fault(44, "reset at 90 %", r"reset|failed|error", way={
        "fault": "reset", "after": DUMP * 9 // 10, "times": None}),
    Fault(45, "stalls for ever", r"stall", way={"fault": "stall", "after": 4 * MIB, "times": None}),
    Fault(46, "one byte a second", r"stall", way={"fault": "drip", "after": 4 * MIB, "times": None}),
    Fault(47, "403", r"403", server={"answer": 403}),
    Fault(48, "500", r"500", server={"answer": 500}),
    Fault(49, "the body is too large", r"413", server={"limit": "2m"}),
    Fault(50, "certificate of another host", r"certificate|[Ss][Ss][Ll]|[Tt][Ll][Ss]",
          server={"names": ("192.0.2.1",)}),
    Fault(51, "507", r"507", server={"answer": 507}),
    Fault(52, "disk full", r"50[07]|reset|failed", before=lambda s: small_disk(s.www, "3M")),
]


def https_one(row):
    """How a row of HTTPS is run."""
    with tempfile.TemporaryDirectory(prefix="web-") as temp, contextlib.ExitStack() as last:
        web = server.Nginx(pathlib.Path(temp) / "w", **(row.server or {}))
        last.callback(web.stop)
        way = _way(row, web.port)
        url = f"https://{server.GUEST_SEES}:{way.port if way else web.port}"
        done = row.before(web) if row.before else None
        if hasattr(done, "__enter__"):
            last.enter_context(done)
        lines = f"path /crash\nhttps {url}\nhttps_ca /etc/kdump-ca.pem\nnet auto dhcp\n"
        with fault(net="user", web=lambda _: web, disks=(Disk(),),
                   conf=remote.conf(lines, 1, more=SHORT)) as run:
            judge(row, run, lambda: [])
        if way:
            way.stop()


# ---------------------------------------------------------------- s3


class Store:
    """An S3 server in the place of a web server."""

    def __init__(self, folder):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(parents=True)
        self.ca = server.make_ca(self.dir)
        self.s3 = s3_server.S3(self.dir / "s3", self.dir / "server.pem", self.dir / "server.key")
        self.www = self.dir / "www"
        self.www.mkdir()

    def stop(self):
        """Its objects become files, as other checks look for files."""
        if any(p.poll() is None for p in self.s3.procs):
            for key in self.s3.keys():
                path = self.www / key
                path.parent.mkdir(parents=True, exist_ok=True)
                self.s3.get(key, path)
            self.uploads = self.s3.uploads()
        self.s3.stop()

    def conf(self, port=None, secret=s3_server.SECRET, bucket=s3_server.BUCKET):
        """The lines of kdump.conf, and the files that they name."""
        lines = (f"path /crash\ns3 s3://{bucket}/in\n"
                 f"s3_endpoint https://{server.GUEST_SEES}:{port or self.s3.port}\n"
                 "https_ca /etc/kdump-ca.pem\ns3_credentials /etc/s3keys\nnet auto dhcp\n")
        files = {"etc/s3keys": (f"[default]\naws_access_key_id = {s3_server.ACCESS}\n"
                                f"aws_secret_access_key = {secret}\n", 0o600)}
        return lines, files


S3 = [
    Fault(61, "refused", r"[Rr]efused|connect", way={}),
    Fault(62, "reset at 10 %", r"vmcore: saved", "server", way={"fault": "reset", "after": DUMP // 10}),
    Fault(63, "reset at 50 %", r"vmcore: saved", "server", way={"fault": "reset", "after": DUMP // 2}),
    Fault(64, "reset at 90 %", r"vmcore: saved", "server", way={
        "fault": "reset", "after": DUMP * 9 // 10}),
    Fault(65, "reset again and again", r"reset|failed|error", way={
        "fault": "reset", "after": MIB, "times": None}),
    Fault(66, "stalls for ever", r"stall", way={"fault": "stall", "after": 3 * MIB, "times": None}),
    Fault(67, "one byte a second", r"stall", way={"fault": "drip", "after": 3 * MIB, "times": None}),
    Fault(68, "restarted in the middle", r"vmcore: saved", "server", way={
        "fault": "restart", "after": 4 * MIB, "down": 4}),
    Fault(69, "wrong secret", r"403", server={"secret": "wrong"}),
    Fault(70, "no such bucket", r"404|NoSuchBucket", server={"bucket": "other"}),
    Fault(71, "500 at first", r"vmcore: saved", "server", before=lambda s: s.s3.pause_for(8)),
]


def s3_one(row):
    """How a row of S3 is run."""
    with tempfile.TemporaryDirectory(prefix="s3-") as temp, contextlib.ExitStack() as last:
        store = Store(pathlib.Path(temp) / "w")
        last.callback(store.stop)
        way = _way(row, store.s3.port)
        lines, files = store.conf(way.port if way else None, **(row.server or {}))
        if row.before:
            row.before(store)
        with fault(net="user", web=lambda _: store, disks=(Disk(),), root_files=files,
                   conf=remote.conf(lines, 1, more=SHORT)) as run:
            judge(row, run, lambda: [p for p in store.www.rglob("*") if p.is_file()])
            verify.check(not store.uploads, f"{store.uploads} uploads are left open")
        if way:
            way.stop()
