#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No target line: the file system that holds `path` is the target, by its UUID, on a virtio disk."""

from lib import fetch, verify
from lib.scenario import check, crashed, expect, main

LONG = True


def story():
    with crashed(kernel=fetch.kernel("trixie"), targets=("ext4",), load=False,
                 mkinitrd="guest", gpt=True,
                 conf="path /target/crash\n") as run:
        verify.folder(run)
        check(run.dump.parent.name == "crash", f"the dump is in {run.dump}")
        expect(run, r"target: UUID=\S+ \(/dev/vdb2, ext4\): mounted", "UUID")
        verify.libkdumpfile(run)


main(story)
