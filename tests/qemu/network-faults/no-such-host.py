#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server's name has no address: one line says so, the disk gets the dump."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"[Rr]esolv", net="user",
                 url="https://no-such-host.invalid"))
