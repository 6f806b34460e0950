#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The certificate is long expired: nothing is sent to it, the disk gets the dump."""

from lib import server
from lib.fault import one
from lib.scenario import main

LONG = True


def story():
    one("complete", r"certificate|[Ss][Ss][Ll]|[Tt][Ll][Ss]", net="user",
        web=server.Nginx, machine=("-rtc", "base=2099-01-01"))


main(story)
