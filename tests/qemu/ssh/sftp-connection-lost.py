#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The connection is reset in the middle of the vmcore, twice: it goes on where it was."""

from lib import remote
from lib.proxy import Proxy
from lib.scenario import expect, main

LONG = True


def story():
    with remote.to_ssh("sftp", port=lambda s: Proxy(s.port, "reset", 3 << 20, times=2).port) as \
            (run, _):
        remote.complete(run, "vmcore")
        expect(run, r"vmcore: saved", "after two resets")


main(story)
