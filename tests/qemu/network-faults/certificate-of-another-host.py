#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The certificate names another host: nothing is sent to it, the disk gets the dump."""

from lib import server
from lib.fault import one
from lib.scenario import main

LONG = True


def story():
    one("complete", r"certificate|[Ss][Ss][Ll]|[Tt][Ll][Ss]", net="user",
        web=lambda d: server.Nginx(d, names=("192.0.2.1",)))


main(story)
