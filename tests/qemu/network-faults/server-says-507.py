#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server is full (507): one line says so, the disk gets the dump."""

from lib import server
from lib.fault import one
from lib.scenario import main

LONG = True


def story():
    one("complete", r"507", net="user",
        web=lambda d: server.Nginx(d, answer=507))


main(story)
