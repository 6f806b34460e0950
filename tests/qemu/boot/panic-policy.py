#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every panic of the production kernel's is on in the capture kernel: a disk that hangs beyond all of them is
passed over, an NMI too, the second one gets the dump, kdump.json says what was found."""

from lib import policy
from lib.fault import Disk, fault
from lib.scenario import main

WAITS = True
LONG = True

# what a production kernel's line may hold; kdump-loader leaves it out, so it is given here by hand
ARGUMENTS = """
hung_task_panic=1 sysctl.kernel.hung_task_timeout_secs=5 sysctl.kernel.softlockup_panic=1
sysctl.kernel.hardlockup_panic=1 oops=panic sysctl.kernel.oops_limit=1 panic_on_warn=1 sysctl.kernel.warn_limit=5
sysctl.kernel.panic_on_rcu_stall=1 unknown_nmi_panic sysctl.kernel.panic_on_io_nmi=1
sysctl.kernel.panic_on_unrecovered_nmi=1 sysctl.vm.panic_on_oom=2 sysctl.vm.memory_failure_recovery=0
workqueue.panic_on_stall=1 sysctl.vm.nr_hugepages=4 sysctl.kernel.panic=0
"""


def story():
    with fault(disks=(Disk(), Disk()), append=" ".join(ARGUMENTS.split()),
               extra_conf="target_timeout 15\nstep_timeout 15\n",
               on=((r"main: kdump-init", lambda run: run.throttle(0, 1)),
                   (r"dmesg\.txt: saved", lambda run: run.qmp("inject-nmi")))) as run:
        run.survives("complete", r"target: .*(does not answer|not done after)")
        policy.check_taken_back(run, hung=5, at_least=(
            "kernel.hung_task_panic", "kernel.softlockup_panic", "kernel.panic_on_oops", "kernel.oops_limit",
            "kernel.panic_on_warn", "kernel.warn_limit", "kernel.panic_on_rcu_stall", "kernel.unknown_nmi_panic",
            "kernel.panic_on_io_nmi", "kernel.panic_on_unrecovered_nmi", "kernel.panic", "vm.panic_on_oom",
            "vm.memory_failure_recovery", "vm.nr_hugepages"))


main(story)
