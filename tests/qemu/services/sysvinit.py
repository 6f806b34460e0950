#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sysvinit: armed by its script in a runlevel; crashed, captured, told of at the next boot."""

from lib import inits
from lib.scenario import main

LONG = True

RC = "#!/bin/sh\nfor s in /etc/rc2.d/S*; do $s start; done\n"
INITTAB = "id:2:initdefault:\nrc:2:wait:/etc/rc\nst:2:once:/story\n"
INIT = inits.Init("init", {"etc/inittab": INITTAB, "etc/rc": RC, "etc/init.d/kdump": inits.SERVICES / "services/sysvinit/kdump",
                           "etc/rc2.d/S01kdump": "#!/bin/sh\nexec /etc/init.d/kdump \"$@\"\n"}, "/sbin/init",
                  ("sysvinit-core", "libc6", "libselinux1", "libpcre2-8-0"))

main(lambda: inits.run(INIT))
