#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An ecdsa key, and a server whose RSA host key alone is known."""

from lib import remote
from lib.scenario import main
from lib.sshd import Sshd

LONG = True


def story():
    with remote.to_ssh("ssh", server=lambda d: Sshd(d, key="ecdsa"),
                       known={"kinds": ("rsa",)}) as (run, _):
        remote.complete(run, "vmcore.flat")


main(story)
