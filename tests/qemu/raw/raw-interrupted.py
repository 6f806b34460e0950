#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The power goes while a raw target is written: the log is there, and the pages saved so far open."""

import re

from lib import readers
from lib.scenario import check, crashed, main, verify

LONG = True


def story():
    cut = []

    # by then the kernel image is on the device, without which no reader finds the log
    def power(run, _at, text):
        if not cut and re.search(r"kdump-init: .*vmcore: .*, (?:[3-9]\d|\d{3,}) MB written", text):
            cut.append(text)
            run.machine.qmp("system_reset")

    # all pages, and random ones among them: it takes its time
    more = "for i in 1 2 3 4 5 6; do cat /tmp/random; done >/tmp/more\n"
    with crashed(targets=("raw",), raw_disk="2G", level=0, on_line=power,
                 guest_files={"etc/crashtest/before-crash": (more, 0o755)}
                 ) as run:
        check(cut, "the dump was not seen to begin")
        check(run.console("crashtest: recover: exit 0"), "not recovered")
        files = {f.rsplit("/", 1)[-1]: f for f in run.files()}
        check("vmcore" not in files, "an interrupted dump has a final name")
        check("vmcore.incomplete" in files, f"no vmcore among {run.files()}")
        log = (run.collected / files["dmesg.txt"]).read_text(errors="replace")
        check("Kernel panic - not syncing" in log, "dmesg.txt: no panic line")
        core = run.collected / files["vmcore.incomplete"]
        got = readers.libkdumpfile(core)
        check(got["release"] == run.kernel.release and got["pages"] > 1000,
              f"libkdumpfile: {got}")
        verify.log_of(run, core)


main(story)
