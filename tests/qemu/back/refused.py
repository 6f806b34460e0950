#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Where the way back is closed the dump is saved all the same, the reason told, and the firmware reboots.

A kernel that crashed too soon after a return; an initrd that changed since the machine was armed; one that is too large
for the capture system's memory; the wrong kernel."""

from lib import fetch, wayback
from lib.scenario import check, main

LONG = True

STEPS = [
    wayback.Step(conf="kexec_min_uptime 86400\n"),
    wayback.Step(conf="kexec_min_uptime 86400\n", back=False),
    wayback.Step(shell="echo more >>/boot/initrd.img-$(uname -r)", back=False),
    wayback.Step(shell="", conf="kexec_initrd /boot/large\n", back=False),
]
LARGE = "truncate -s 150M /boot/large"


def story():
    steps = list(STEPS)
    # the file is there before the step that arms with it
    steps[2].shell += f"; {LARGE}"
    run = wayback.run(fetch.kernel("trixie"), steps)
    for words in (r"back: .*ran for \d+ s, less than kexec_min_uptime 86400",
                  r"back: .*initrd /initrd.img-\S+ is not what it was when the machine was armed",
                  r"warning: final_action kexec: kernel and initrd are 1\d\d MiB, .* takes crashkernel=\d+M",
                  r"back: .*no production kernel was recorded"):
        said = run.said(words)
        check(said, f"nobody says {words!r}")
        print("  ", said[0])


main(story)
