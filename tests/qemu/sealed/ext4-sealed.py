#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A dump sealed to two keys on a disk: each opens it with stock age, and nothing lies open."""

import pathlib
import subprocess
import tempfile

from lib import guest, sealed
from lib.fault import fault
from lib.scenario import check, main


def story():
    with tempfile.TemporaryDirectory() as temp:
        temp = pathlib.Path(temp)
        keys = sealed.Keys(temp / "keys")
        with fault(extra_conf="target_timeout 5\n" + keys.line) as run:
            run.resets()
            check(run.report["state"] == "complete", f"state {run.report['state']}")
            check(run.report["sealed"]["to"] == keys.public, "kdump.json: sealed to others")
            sealed.nothing_open(run.files(), run.report)
            core, = run.named("vmcore.flat.age")
            sealed.refused_without_key(core, keys)
            told = subprocess.run([guest.program("kdump-dumper"), "--verify", core.parent],
                                  check=False, capture_output=True, text=True)
            check(told.returncode and "sealed" in told.stderr, f"--verify: {told.stderr}")
            for key in range(2):
                opened = keys.open_folder(core.parent, temp / f"opened{key}", key)
                check(sealed.SECRET in (opened / "dmesg.txt").read_bytes(),
                      "dmesg.txt: no panic line")
                subprocess.run([guest.program("kdump-dumper"), "--verify",
                                opened / "vmcore.flat"], check=True)


main(story)
