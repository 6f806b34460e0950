#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The third crash within an hour: only the log is saved, the state says why, and the machine reboots."""

from lib.scenario import check, crashed, expect, main, verify

OLD = """
for i in 1 2; do
	d=/target/crash/unknown-$(date -u +%Y%m%dT%H%M%SZ)-0000000$i
	mkdir -p $d
	echo log >$d/dmesg.txt
done
"""


def story():
    with crashed(extra_conf="crash_loop 3 60\n", mem="512M", load=False,
                 guest_files={"etc/crashtest/before-crash": (OLD, 0o755)}) as run:
        expect(run, r"crash loop: with this one 3 crashes within 60 minutes",
               "the crash loop")
        check(run.report.get("state") == "crash-loop", f"{run.report}")
        check(run.core is None, "there is a vmcore")
        verify.report(run)
        verify.dmesg(run)


main(story)
