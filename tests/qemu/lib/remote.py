# SPDX-License-Identifier: MIT
"""Captures to SSH servers at the price of a fault run: the whole story of one in a call."""

import contextlib
import pathlib
import tempfile

from . import guest, readers
from .fault import Disk, fault
from .nfs import check_sums
from .sshd import Sshd
from .verify import check

MODULES = " ".join([*guest.PRODUCTION_MODULES, *guest.NET_MODULES])


def conf(lines, disks=0, level=31, more="target_timeout 10\n"):
    """A kdump.conf with these target lines, then the disks."""
    names = "".join(f"ext4 {{uuid{n}}}\n" for n in range(disks))
    return (f"{lines}{names}core_collector kdump-dumper -z -d {level}\n"
            f"extra_modules {MODULES}\n{more}")


@contextlib.contextmanager
def work():
    """A folder for servers."""
    with tempfile.TemporaryDirectory(prefix="remote-") as temp:
        yield pathlib.Path(temp)


@contextlib.contextmanager
def to_ssh(target, server=None, known=None, port=None, disks=0, more="target_timeout 10\n",
           **options):
    """A capture to an Sshd by ssh or sftp; the run and the server."""
    with tempfile.TemporaryDirectory(prefix="sshd-") as temp:
        sshd = server(pathlib.Path(temp) / "s") if server else Sshd(pathlib.Path(temp) / "s")
        guest_port = port(sshd) if port else None
        try:
            with fault(net="user", web=lambda _: sshd, disks=tuple(Disk() for _ in range(disks)),
                       conf=conf(sshd.conf(target, guest_port), disks, more=more),
                       root_files=sshd.root_files(port=guest_port, **(known or {})),
                       **options) as run:
                yield run, sshd
        finally:
            sshd.stop()


def complete(run, name, rss_mib=24):
    """The dump is whole, under this name, and an independent reader counts its pages."""
    run.resets()
    report = run.report
    check(report.get("state") == "complete", f"state {report.get('state')}")
    check(report["vmcore"]["file"] == name, f"the vmcore is {report['vmcore']['file']}")
    core, = run.named(name)
    whole = readers.unflatten(core, core.with_name("unflattened")) \
        if name.endswith(".flat") else core
    got = readers.libkdumpfile(whole)
    check(got["pages"] == report["vmcore"]["pages"]["saved"],
          f"libkdumpfile: {got['pages']} pages, kdump.json says "
          f"{report['vmcore']['pages']['saved']}")
    check(report["vmcore"]["peak_rss_bytes"] <= rss_mib << 20,
          f"{report['vmcore']['peak_rss_bytes'] >> 10} KiB of memory")
    check_sums(run)
