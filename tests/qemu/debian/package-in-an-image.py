#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Debian package installed in an image that never ran: its first boot arms it, it crashes, the next boot's journal tells it."""

from lib import offline, packaged
from lib.scenario import main


def story():
    with offline.up() as run:
        packaged.check_armed(run)
        run.told("journalctl -b -o cat -u kdump-update", r"kdump-init-\S+ was made: there was none")
        packaged.crash(run, ["/var/crash"])
        packaged.look(run, "/var/crash")


main(story)
