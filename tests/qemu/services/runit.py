#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""runit: armed by its service; crashed, captured, told of at the next boot."""

from lib import inits
from lib.scenario import main

LONG = True

SERVICE = inits.SERVICES / "services/runit/kdump"
# /etc/service is a link to it
SCANNED = "etc/runit/runsvdir/current"
FILES = {f"{SCANNED}/kdump/{name}": SERVICE / name for name in ("run", "check", "control/h")}
FILES |= {"etc/runit/1": "#!/bin/sh\nexit 0\n", "etc/runit/2": "#!/bin/sh\nexec runsvdir -P /etc/service\n",
          "etc/runit/3": "#!/bin/sh\nexit 0\n", f"{SCANNED}/story/run": "#!/bin/sh\nexec /story\n"}
INIT = inits.Init("runit", FILES, "runit", ("runit", "libc6"))

main(lambda: inits.run(INIT))
