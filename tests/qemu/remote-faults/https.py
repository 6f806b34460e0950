#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Uploads to a web server under twelve faults: on the disk, with the reason."""

from lib.faultrows import run_rows
from lib.remote_faults import HTTPS, https_one
from lib.scenario import main

LONG = True

main(lambda: run_rows(HTTPS, https_one))
