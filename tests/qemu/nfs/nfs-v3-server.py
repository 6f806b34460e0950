#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A server without version 4: the newest that it has is taken, without a word in kdump.conf."""

from lib.nfs import capture
from lib.scenario import main

LONG = True

main(lambda: capture(r"NFS 3\): mounted", versions="-N 4"))
