#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12: the least memory with which a capture over each transport succeeds, beside that on a disk; a table is printed.

The machine's RAM is what `crashkernel=` would reserve. Of kdump.json: the largest resident set of the dump's process,
and the least MemAvailable that a step saw."""

import contextlib
import os

from lib import nfs, remote, server
from lib.fault import Disk, fault
from lib.remote_faults import Store
from lib.scenario import check, main
from lib.verify import CheckError

LONG = True
MOST_M, LEAST_M, STEP_M = 96, 64, 4
# in MiB, from where on and how much: what may be taken away, as the kernel lies from 16 on and keeps what it lies in
SPARE_M = ((61, 19), (2, 14))


def memory(size_m):
    """Words of the command line that leave so much of the 96 MiB that the capture has."""
    words, more = [], MOST_M - size_m
    for at, room in SPARE_M:
        if more:
            words.append(f"memmap={min(more, room)}M${at}M")
        more -= min(more, room)
    return " ".join(words)


@contextlib.contextmanager
def https(**options):
    with remote.work() as temp:
        web = server.Nginx(temp / "w")
        try:
            lines = (f"path /crash\nhttps https://{server.GUEST_SEES}:{web.port}\nhttps_ca /etc/kdump-ca.pem\n"
                     "net auto dhcp\n")
            with fault(net="user", web=lambda _: web, disks=(), conf=remote.conf(lines), **options) as run:
                yield run
        finally:
            web.stop()


@contextlib.contextmanager
def s3(**options):
    with remote.work() as temp:
        store = Store(temp / "w")
        try:
            lines, files = store.conf()
            with fault(net="user", web=lambda _: store, disks=(), root_files=files, conf=remote.conf(lines),
                       **options) as run:
                yield run
        finally:
            store.stop()


def ssh(target):
    @contextlib.contextmanager
    def to(**options):
        with remote.to_ssh(target, **options) as (run, _):
            yield run
    return to


TARGETS = {
    "ext4": lambda **options: fault(disks=(Disk(),), **options),
    "nfs": lambda **options: fault(**nfs.options(**options)),
    "https": https,
    "s3": s3,
    "ssh": ssh("ssh"),
    "sftp": ssh("sftp"),
}


def captures(to, size_m):
    """(peak_rss_bytes, least_available_bytes) of a capture with so much memory; None if it fails."""
    try:
        with to(append=memory(size_m)) as run:
            run.resets()
            report = run.report
            if report.get("state") != "complete":
                return None
            ram = report["capture"]["ram_bytes"] / 2**20
            # no failure of a capture, which is an answer here
            assert size_m - 2 < ram <= size_m, f"the capture has {ram:.1f} MiB and was to have {size_m}"
            return report["vmcore"]["peak_rss_bytes"], report["capture"]["least_available_bytes"]
    except CheckError:
        return None


def smallest(name):
    """The least memory in MiB and the figures with it."""
    low, high, got = LEAST_M - STEP_M, MOST_M, captures(TARGETS[name], MOST_M)
    check(got, f"{name}: no capture with {MOST_M} MiB")
    while high - low > STEP_M:
        mid = (low + high) // 2 // STEP_M * STEP_M
        found = captures(TARGETS[name], mid)
        print(f"  {name}, {mid} MiB: {'captured' if found else 'failed'}", flush=True)
        if found:
            high, got = mid, found
        else:
            low = mid
    return high, got


def story():
    rows = []
    for name in os.environ.get("TARGETS", " ".join(TARGETS)).split():
        size, (peak, least) = smallest(name)
        check(peak <= 24 << 20, f"{name}: {peak >> 10} KiB")
        rows.append(f"| {name} | {size} | {peak / 2**20:.1f} | {least / 2**20:.0f} |")
    print("| target | MiB | peak MiB | least available MiB |", *rows, sep="\n")


main(story)
