#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A bucket on Swift's S3 server: the object is the dump as it would lie on a disk, with its metadata."""

from lib import remote
from lib.fault import fault
from lib.remote_faults import Store
from lib.scenario import check, main

LONG = True


def story():
    # one part after the other, and with the memory for three further ones side by side
    for usable_m, rss_mib in ((96, 24), (256, 39)):
        with remote.work() as temp:
            store = Store(temp / "w")
            try:
                lines, files = store.conf()
                with fault(net="user", web=lambda _, s=store: s, disks=(), root_files=files, usable_m=usable_m,
                           conf=remote.conf(lines, level=0)) as run:
                    remote.complete(run, "vmcore", rss_mib)
                    check(not store.uploads, "an upload is left open")
            finally:
                store.stop()


main(story)
