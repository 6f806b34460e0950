#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A crash kernel that was overwritten is not entered: the purgatory says what, and the machine is reset."""

import re

from lib import crash, kexecload
from lib.scenario import check, main

LONG = True


def overwrite(run, _at, text):
    """A byte in the middle of the kernel, as the machine's RAM is a file."""
    place = re.search(r"segment +0x(\w+)-0x(\w+) kernel", text)
    if place:
        run.place = int(place[1], 16)
    if "crashtest: crash now" in text:
        with open(run.work / "ram", "r+b") as ram:
            ram.seek(run.place + 0x123456)
            byte = ram.read(1)[0]
            ram.seek(-1, 1)
            ram.write(bytes([byte ^ 1]))


def story():
    with crash.Crash(kexecload.options("trixie", mem="512M", load=False, more_args=kexecload.ram_file,
                                       on_line=overwrite, targets=("ext4",),
                                       guest_files=kexecload.dry_run())) as run:
        run.go()
        said = run.console("was overwritten")
        check(said and "the loaded kernel was overwritten: no capture, the machine is reset" in said[0],
              f"the purgatory said {said}")
        check("again" in run.events and not run.said(), f"kdump-init ran: {run.said()[:1]}")
        print(f"  {said[0]}; production again after "
              f"{run.events['again'] - run.events['panic']:.1f} s")


main(story)
