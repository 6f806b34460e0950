#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server's name has no address: one line says so, the disk gets the dump."""

from lib.fault import one
from lib.scenario import main

LONG = True

main(lambda: one("complete", r"no-such-host\.invalid: no (such host|name server answers)", net="user",
                 url="https://no-such-host.invalid", extra_conf="target_timeout 4\n"))
