#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A hundred live dumps in a row under load, on four CPUs: each as in live-dump.
LIVE_DUMPS=N makes N of them, LIVE_SUITE another kernel."""

from lib import live
from lib.scenario import main

LONG = True


def story():
    live.many(cpus=4)


main(story)
