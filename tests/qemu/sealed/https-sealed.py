#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A sealed dump on a web server: neither its folder nor its log has the panic line."""

import pathlib
import tempfile

from lib import readers, sealed, server
from lib.fault import fault
from lib.scenario import check, main

LONG = True


def story():
    with tempfile.TemporaryDirectory() as temp:
        temp = pathlib.Path(temp)
        keys = sealed.Keys(temp / "keys", 1)
        with fault(net="user", web=server.Nginx, disks=(),
                   extra_conf="target_timeout 5\n" + keys.line) as run:
            run.resets()
            check(run.report["state"] == "complete", f"state {run.report['state']}")
            sealed.nothing_open(run.files(), run.report)
            core, = run.named("vmcore.flat.age")
            opened = keys.open_folder(core.parent, temp / "opened", 0)
            whole = readers.unflatten(opened / "vmcore.flat", temp / "vmcore")
            check(readers.libkdumpfile(whole)["pages"] ==
                  run.report["vmcore"]["pages"]["saved"], "libkdumpfile: other pages")


main(story)
