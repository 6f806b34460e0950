#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""SFTP with an RSA key to a server of which known_hosts has the ecdsa key alone, hashed."""

from lib import remote
from lib.scenario import main
from lib.sshd import Sshd

LONG = True


def story():
    with remote.to_ssh("sftp", server=lambda d: Sshd(d, key="rsa"),
                       known={"kinds": ("ecdsa",), "hashed": True}) as (run, _):
        remote.complete(run, "vmcore")


main(story)
