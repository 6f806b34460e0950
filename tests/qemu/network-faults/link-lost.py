#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The link goes away in the middle of the dump: the disk gets it."""

from lib import server
from lib.fault import one
from lib.scenario import main


def story():
    one("complete", r"vmcore\.flat: ", net="user", web=server.Nginx, level=0,
        extra_conf="stall_timeout 15\nstep_timeout 20\n",
        on=((r"dmesg\.txt: saved", lambda run: run.qmp("set_link", name="nic0", up=False)),))


main(story)
