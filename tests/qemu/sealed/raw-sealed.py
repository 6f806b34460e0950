#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A sealed dump on a raw device, recovered at the next boot and opened by other readers."""

import pathlib
import tempfile

from lib import readers, sealed
from lib.scenario import check, crashed, main

LONG = True


def story():
    with tempfile.TemporaryDirectory() as temp:
        temp = pathlib.Path(temp)
        keys = sealed.Keys(temp / "keys")
        with crashed(targets=("raw",), extra_conf=keys.line) as run:
            check(run.report["state"] == "complete", f"state {run.report['state']}")
            sealed.nothing_open([p for p in run.dump.iterdir() if p.is_file()], run.report)
            opened = keys.open_folder(run.dump, temp / "opened", 1)
            whole = readers.unflatten(opened / "vmcore.flat", temp / "vmcore")
            got = readers.libkdumpfile(whole)
            check(got["pages"] == run.report["vmcore"]["pages"]["saved"],
                  f"libkdumpfile: {got['pages']} pages")


main(story)
