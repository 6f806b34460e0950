#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""busybox init: armed by the line of inittab alone; crashed, captured, told of at the next boot."""

from lib import inits
from lib.scenario import main

LONG = True

LINE = (inits.SERVICES / "services/inittab/busybox").read_text()
INIT = inits.Init("busybox", {"etc/inittab": f"{LINE}::once:/story\n"}, "/bin/busybox init")

main(lambda: inits.run(INIT))
