#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""s6: armed by a service of its scan folder, which is runit's; crashed, captured, told of at the next boot."""

from lib import apt, inits
from lib.scenario import main

LONG = True

SERVICE = inits.SERVICES / "services/runit/kdump"


def story():
    with apt.Suite("trixie") as suite:
        packages = tuple(p for p in suite.closure("s6") if not p.startswith("gcc-"))
    inits.run(inits.Init("s6-svscan", {
        "etc/service/kdump/run": SERVICE / "run", "etc/service/story/run": "#!/bin/sh\nexec /story\n"},
        "s6-svscan /etc/service", packages))


main(story)
