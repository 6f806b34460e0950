#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A bucket on Swift's S3 server: the object is the dump as it would lie on a disk, with its metadata."""

from lib import remote
from lib.fault import fault
from lib.remote_faults import Store
from lib.scenario import check, main

LONG = True


def story():
    with remote.work() as temp:
        store = Store(temp / "w")
        try:
            lines, files = store.conf()
            with fault(net="user", web=lambda _: store, disks=(), root_files=files,
                       conf=remote.conf(lines, level=0)) as run:
                remote.complete(run, "vmcore")
                check(not store.uploads, "an upload is left open")
        finally:
            store.stop()


main(story)
