#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""SFTP to OpenSSH's sshd with an ed25519 key: its free space is asked for, the vmcore lands in the tail layout, complete."""

from lib import remote
from lib.scenario import expect, main


def story():
    with remote.to_ssh("sftp") as (run, _):
        remote.complete(run, "vmcore")
        expect(run, r"room: .*: \d+ MiB free, level 31 takes \d+ at most", "the server's free space")


main(story)
