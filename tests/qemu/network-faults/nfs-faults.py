#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each fault of a network and its NFS server (lib/netfaults.py): the right target, the reason, the budget."""

from lib.faultrows import run_rows
from lib.netfaults import ROWS, one
from lib.scenario import main

LONG = True

main(lambda: run_rows(ROWS, one))
