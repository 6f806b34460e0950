#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""SFTP to OpenSSH's sshd with an ed25519 key: the vmcore lands in the tail layout, complete."""

from lib import remote
from lib.scenario import main


def story():
    with remote.to_ssh("sftp") as (run, _):
        remote.complete(run, "vmcore")


main(story)
