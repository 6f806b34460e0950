#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Uploads to a web server under eleven faults: on the disk, with the reason."""

from lib.remote_faults import HTTPS, https_one, run_table
from lib.scenario import main

LONG = True

main(lambda: run_table(HTTPS, https_one))
