#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No such disk: one line says so, the log's end is shown, the machine reboots."""

from lib.scenario import check, crashed, expect, expect_not, main

LONG = True


def story():
    with crashed(targets=("ext4",), attach_disk=False, load=False,
                 extra_conf="target_timeout 3\n") as run:
        expect(run, r"target: UUID=\S+: ", "the absent disk")
        expect(run, r"no vmcore was saved", "the failure")
        expect(run, r"sysrq triggered crash", "the log's end on the console")
        expect(run, r"system: reboot", "the reboot")
        expect_not(run, r"vmcore: saved", "a dump to nowhere")
        check("again" in run.events, "production did not come up again")


main(story)
