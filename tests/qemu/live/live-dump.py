#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A running machine dumps its own /proc/kcore with two threads, under load: each dump is whole,
opens, has the kernel's text, and as many pages as one thread finds."""

from lib import live
from lib.scenario import main


def story():
    guest = live.Guest("trixie", cpus=2, count=3)
    guest.run(every=3)
    print(guest.tell(), flush=True)


main(story)
