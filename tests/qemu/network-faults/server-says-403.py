#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server forbids (403): one line says so, the disk gets the dump."""

from lib import server
from lib.fault import one
from lib.scenario import main

LONG = True


def story():
    one("complete", r"403", net="user",
        web=lambda d: server.Nginx(d, answer=403))


main(story)
