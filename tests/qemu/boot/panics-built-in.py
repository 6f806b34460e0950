#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A crash kernel from linux-source that was configured to panic on whatever a capture meets: a disk that hangs
is passed over, the second one gets the dump."""

from lib import ownkernel, policy
from lib.fault import Disk, fault
from lib.scenario import main

LONG = True
WAITS = True


def story():
    image = ownkernel.build(ownkernel.PANICS, suite="sid")
    with fault(crash_kernel=image, disks=(Disk(), Disk()),
               extra_conf="target_timeout 30\nstep_timeout 30\n",
               on=((r"main: kdump-init", lambda run: run.throttle(0, 1)),
                   (r"dmesg\.txt: saved", lambda run: run.qmp("inject-nmi")))) as run:
        run.survives("complete", r"target: .*(does not answer|not done after)")
        policy.check_taken_back(run, hung=10, at_least=(
            "kernel.hung_task_panic", "kernel.softlockup_panic", "kernel.panic_on_oops", "kernel.oops_limit",
            "kernel.panic_on_warn", "kernel.warn_limit", "kernel.unknown_nmi_panic", "kernel.panic_on_io_nmi",
            "kernel.panic_on_unrecovered_nmi", "kernel.panic", "vm.panic_on_oom",
            "workqueue.panic_on_stall", "workqueue.panic_on_stall_time"))


main(story)
