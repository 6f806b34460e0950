#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kdump_pre exits with 3: no dump, the log and the reason are saved, final action."""

from lib import hooks
from lib.scenario import check, crashed, expect, expect_not, main

LONG = True


def story():
    files = hooks.script("echo not this time; exit 3\n", "pre")
    with crashed(targets=("ext4",), load=False, root_files=files,
                 extra_conf=hooks.conf("pre", extra="final_action reboot\n"
                                       "failure_action poweroff\n")) as run:
        expect(run, r"hook: kdump_pre: not this time", "what it says")
        expect(run, r"hook: kdump_pre: /etc/pre: exit status 3", "its end")
        expect(run, r"does not want a dump", "what follows")
        expect(run, r"system: reboot", "the final action")
        expect_not(run, r"vmcore: saved", "no dump")
        check("again" in run.events, "production did not come up again")
        check(run.report.get("state") == "dmesg-only",
              f"state {run.report.get('state')}")
        steps = {s["step"]: s for s in run.report["steps"]}
        check("exit status 3" in str(steps["kdump_pre"]), str(steps))


main(story)
