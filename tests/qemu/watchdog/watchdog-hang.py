#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""PID 1 is frozen in the middle of the capture: the watchdog resets the machine."""

from lib import fetch, hooks
from lib.scenario import check, crashed, debug_symbols, expect, expect_not, main

LONG = True

# nothing in user space runs on; the kernel does
FREEZE = """b mkdir /run/cg && b mount -t cgroup2 none /run/cg && b mkdir /run/cg/x
echo 1 >/run/cg/x/cgroup.procs && echo PID 1 stops now
b sleep 1
echo 1 >/run/cg/x/cgroup.freeze
b sleep 1000
"""


def story():
    kernel = fetch.kernel("trixie", debug=debug_symbols())
    with crashed(kernel=kernel, targets=("ext4",), load=False, mkinitrd="guest",
                 timeout=600, quiet=300,
                 guest_files=hooks.watchdog_files(kernel, mkinitrd=True)
                 | hooks.script(FREEZE, "pre"),
                 extra_conf=hooks.conf("pre", extra="hook_timeout 1000\n"),
                 more_args=lambda _: hooks.WATCHDOG) as run:
        expect(run, r"watchdog: /dev/watchdog0 \(.*\): taken over", "the watchdog")
        expect(run, r"kdump_pre: PID 1 stops now", "the hook")
        expect_not(run, r"system: reboot", "a reboot by PID 1")
        check("again" in run.events, "production did not come up again")


main(story)
