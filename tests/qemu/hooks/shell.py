#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""failure_action shell: it answers on the serial console, and `exit` reboots."""

import threading

from lib import hooks
from lib.scenario import check, crashed, expect, main

LINES = ("echo answer-$((6 * 7))\n", "ls -l /proc/vmcore\n", "exit\n")


def type_lines(run, _, text):
    if "`exit` leaves the shell" in text:
        for n, line in enumerate(LINES):
            threading.Timer(3 + 2 * n, run.machine.type, [line]).start()


def story():
    with crashed(targets=("ext4",), attach_disk=False, load=False,
                 root_files=hooks.busybox(), on_line=type_lines,
                 extra_conf="target_timeout 3\nfailure_action shell\n") as run:
        expect(run, r"shell: nothing was saved", "the words before it")
        check(run.console(r"^answer-42$"), "the shell does not answer")
        check(run.console(r"r-+ .* /proc/vmcore"), "no command works in it")
        expect(run, r"shell: left", "its end")
        expect(run, r"system: reboot", "the final action")
        check("again" in run.events, "production did not come up again")


main(story)
