#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A shell over SSH under the same faults: on the disk, with the reason, and no name on half a file."""

from lib.faultrows import run_rows
from lib.remote_faults import ssh_one, ssh_rows
from lib.scenario import main

LONG = True

main(lambda: run_rows(ssh_rows(20, False), ssh_one("ssh")))
