#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A bucket under eleven faults: sent again, or on the disk; no upload stays open."""

from lib.faultrows import run_rows
from lib.remote_faults import S3, s3_one
from lib.scenario import main

LONG = True

main(lambda: run_rows(S3, s3_one))
