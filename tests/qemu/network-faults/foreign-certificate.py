#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server's certificate is another CA's: nothing is sent to it, the disk gets the dump."""

from lib import server
from lib.fault import one
from lib.scenario import main


def story():
    one("complete", r"certificate|[Ss][Ss][Ll]|[Tt][Ll][Ss]", net="user",
        web=server.foreign_ca)


main(story)
