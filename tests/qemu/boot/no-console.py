#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""console=null: nobody watches, the dump is whole."""

from lib.fault import COMMAND_LINE, one
from lib.scenario import main

LONG = True

main(lambda: one("complete", None, command_line=COMMAND_LINE.replace("ttyS0", "null")))
