#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Debian package in an image that never ran: armed by its first boot, crashed, told of by the next one's journal."""

from lib import offline, packaged
from lib.scenario import main


def story():
    with offline.up() as run:
        packaged.check_armed(run)
        run.told("journalctl -b -o cat -u kdump-update", r"kdump-init-\S+ was made: there was none")
        packaged.crash(run, ["/var/crash"])
        packaged.look(run, "/var/crash")


main(story)
