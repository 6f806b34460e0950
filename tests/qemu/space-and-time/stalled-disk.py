#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk that takes nothing any more in the middle of the dump: the next target takes it, and the
stuck one holds up nothing but its own steps."""

from lib.scenario import check, crashed, expect, main

WAITS = True


stalled = []


def stalls(run, _, text):
    """One byte a second from the first saved log on."""
    if "dmesg.txt: saved" in text and not stalled:
        stalled.append(text)
        run.machine.qmp("block_set_io_throttle", device="target", bps=1,
                        bps_rd=0, bps_wr=0, iops=0, iops_rd=0, iops_wr=0)
    if "system: reboot" in text and stalled:
        run.machine.qmp("block_set_io_throttle", device="target", bps=0,
                        bps_rd=0, bps_wr=0, iops=0, iops_rd=0, iops_wr=0)


def story():
    conf = "stall_timeout 8\nstep_timeout 8\n"
    with crashed(targets=("ext4", "https"), extra_conf=conf, mem="512M",
                 load=False, on_line=stalls) as run:
        expect(run, r"vmcore: .*nothing has moved for \d+ s", "the wait is told")
        expect(run, r"vmcore: level 31: stalled", "the stall")
        check(run.core and run.core.name == "vmcore.flat", f"{run.files()}")
        check(run.report["state"] == "complete", run.report["state"])
        check([t["outcome"] for t in run.report["targets"]] ==
              ["failed", "saved"], f"{run.report['targets']}")
        check(run.report["vmcore"]["sha256"], "a stream without sha256")
        print("  ok:", run.report["targets"][0])


main(story)
