#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A hundred live dumps in a row under load, on two and on four CPUs: each as in scenario 45.
LIVE_DUMPS=N makes N of each, LIVE_SUITE another kernel."""

import os

from lib import live
from lib.scenario import main


def story():
    for cpus in (2, 4):
        guest = live.Guest(os.environ.get("LIVE_SUITE", "trixie"), cpus,
                           int(os.environ.get("LIVE_DUMPS", "100")))
        guest.run(every=5)
        print(guest.tell(), flush=True)


main(story)
