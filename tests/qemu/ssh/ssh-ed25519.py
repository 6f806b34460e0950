#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Commands of a shell on an SSH server: the dump arrives flattened, under its name when it is whole."""

from lib import remote
from lib.scenario import main

LONG = True


def story():
    with remote.to_ssh("ssh") as (run, _):
        remote.complete(run, "vmcore.flat")


main(story)
