#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server takes a part of the dump and then nothing: the disk gets the dump."""

from lib import server
from lib.fault import one
from lib.scenario import main


def story():
    one("complete", r"vmcore\.flat: ", net="user",
        web=lambda d: server.Resetting(d, 1 << 20, stall=True),
        extra_conf="stall_timeout 15\nstep_timeout 20\n")


main(story)
