#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A slow disk: the target's deadline is over in the middle of the dump; the log is safe, the
report tells, and the machine reboots in time."""

from lib.scenario import check, crashed, expect, main, verify


def slow(run, _, text):
    """256 KB/s from the saved log on, until the report."""
    if "dmesg.txt: saved" in text:
        run.machine.qmp("block_set_io_throttle", device="target", bps=1 << 18,
                        bps_rd=0, bps_wr=0, iops=0, iops_rd=0, iops_wr=0)
    if "no time is left" in text or "system: reboot" in text:
        run.machine.qmp("block_set_io_throttle", device="target", bps=0,
                        bps_rd=0, bps_wr=0, iops=0, iops_rd=0, iops_wr=0)


def story():
    conf = "target_deadline 25\nstep_timeout 30\nstall_timeout 60\n"
    with crashed(extra_conf=conf, mem="512M", on_line=slow) as run:
        expect(run, r"vmcore: level 31: not done after 1?\d s", "the deadline")
        expect(run, r"not begun: no time is left", "the next rung")
        check("again" in run.events, "production did not come up again")
        spent = run.events["rebooting"] - run.events["target"]
        check(spent < 60, f"{spent:.0f} s from the target to the reboot")
        verify.report(run)
        verify.dmesg(run)
        check(run.report["state"] == "dmesg-only", run.report["state"])
        target = run.report["targets"][0]
        check(target["outcome"] == "failed" and target["why"], f"{target}")
        print("  ok:", target)


main(story)
