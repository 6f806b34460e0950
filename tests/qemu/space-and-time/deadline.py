#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A slow disk: the target's deadline is over in the middle of the dump, and the machine reboots in time."""

from lib.scenario import check, crashed, expect, main

WAITS = True


def slow(run, _, text):
    """256 KB/s from the saved log on to the reboot."""
    if "dmesg.txt: saved" in text:
        run.machine.qmp("block_set_io_throttle", device="target", bps=1 << 18,
                        bps_rd=0, bps_wr=0, iops=0, iops_rd=0, iops_wr=0)
    if "system: reboot" in text:
        run.machine.qmp("block_set_io_throttle", device="target", bps=0,
                        bps_rd=0, bps_wr=0, iops=0, iops_rd=0, iops_wr=0)


def story():
    conf = "target_deadline 25\nstep_timeout 30\nstall_timeout 60\n"
    with crashed(extra_conf=conf, mem="512M", on_line=slow) as run:
        expect(run, r"vmcore: level 31: not done after 1?\d s", "the deadline")
        expect(run, r"no vmcore was saved: state dmesg-only; .*not done after",
               "the line about all of it")
        check("again" in run.events, "production did not come up again")
        spent = run.events["rebooting"] - run.events["target"]
        check(spent < 60, f"{spent:.0f} s from the target to the reboot")
        names = [f.rsplit("/", 1)[-1] for f in run.files()]
        check("dmesg.txt" in names and "vmcore" not in names, f"{names}")


main(story)
