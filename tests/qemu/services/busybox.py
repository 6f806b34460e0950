#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""busybox init: armed by the script of /etc/init.d, as Buildroot runs it; crashed, captured, told of at the next boot."""

from lib import inits
from lib.scenario import main

LONG = True

INIT = inits.Init("busybox", {"etc/inittab": "::sysinit:/etc/init.d/rcS\n::once:/story\n", "etc/init.d/rcS": inits.RCS,
                              "etc/init.d/S90kdump": inits.SERVICES / "services/sysvinit/kdump"}, "/bin/busybox init")

main(lambda: inits.run(INIT))
