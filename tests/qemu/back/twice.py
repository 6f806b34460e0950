#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12: crash, capture, back into production by kexec with all its memory; the second crash, on
another CPU, is captured as well, and the firmware reboots."""

from lib import fetch, wayback
from lib.scenario import main

LONG = True


def story():
    wayback.run(fetch.kernel("trixie"), [
        wayback.Step(), wayback.Step(cpu=1, conf="kexec_min_uptime 0\n")])


main(story)
