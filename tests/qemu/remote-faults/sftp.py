#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""SFTP under fourteen faults of server and way: resumed, or on the disk, with the reason."""

from lib.faultrows import run_rows
from lib.remote_faults import ssh_one, ssh_rows
from lib.scenario import main

LONG = True

main(lambda: run_rows(ssh_rows(0, True), ssh_one("sftp")))
