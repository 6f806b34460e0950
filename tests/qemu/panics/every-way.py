#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.1: every way into a panic reaches the capture, and the dump's panic line and backtrace name it.

One machine that comes back by kexec after each. The module kernel/crasher is compiled against the kernel's headers package.
An emulated processor counts no cycles, so that an NMI from outside ends the hard lockup, as a management controller would."""

import json
import re
import subprocess
import tempfile

from lib import fetch, paths, wayback
from lib.scenario import check, main
from lib.wayback import Step

LONG = True

POLICY = "cd /proc/sys/kernel; echo 1 >panic_on_oops; echo 1 >sysrq"
NMI = ("inject-nmi", {})
SYSRQ = "taskset 1 sh -c 'echo c >/proc/sysrq-trigger'"
# a bank's status with an uncorrected error whose processor context is corrupt
MCE = ("human-monitor-command", {"command-line": "mce 0 4 0xb200000000000000 0x5 0x0 0x0"})


def insmod(way):
    return f"taskset 1 insmod /crasher.ko way={way}"


# way, its settings, the crash, QEMU's part, the panic line, and what the log must have besides
WAYS = (
    ("sysrq-c", "", SYSRQ, (), r"sysrq triggered crash", r"sysrq_handle_crash"),
    ("NMI", "echo 1 >unknown_nmi_panic", "sleep 60", NMI, r"NMI: Not continuing", r"<NMI>"),
    ("hard lockup", "echo 1 >unknown_nmi_panic", insmod("hard-lockup"), NMI, r"NMI: Not continuing",
     r"crasher_hard_lockup"),
    ("NULL pointer", "", insmod("null"), (), r"NULL pointer dereference", r"NULL pointer dereference(?s:.*)crasher_null"),
    ("BUG", "", insmod("bug"), (), r"kernel BUG at|Fatal exception", r"kernel BUG at(?s:.*)crasher_bug"),
    ("stack overflow", "", insmod("stack"), (), r"stack guard page|stack overflow|Fatal exception",
     r"stack guard page(?s:.*)crasher_stack"),
    ("interrupt", "", insmod("interrupt"), (), r"NULL pointer dereference", r"<IRQ>(?s:.*)crasher_interrupt"),
    ("double fault", "", insmod("double-fault"), (), r"PANIC: double fault",
     r"double fault(?s:.*)crasher_double_fault"),
    ("soft lockup", "echo 3 >watchdog_thresh; echo 1 >softlockup_panic", insmod("soft-lockup"), (),
     r"soft ?lockup", r"soft lockup - CPU#(?s:.*)crasher_soft_lockup"),
    ("RCU stall", "echo 1 >panic_on_rcu_stall; echo 3 >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout",
     insmod("rcu-stall"), (), r"RCU Stall|detected stalls|self-detected",
     r"rcu: INFO: rcu_\w+ (self-)?detected(?s:.*)crasher_rcu_stall"),
    ("out of memory", "echo 2 >/proc/sys/vm/panic_on_oom",
     "mount -t tmpfs -o size=10G all /tmp; dd if=/dev/zero of=/tmp/all bs=1M", (), r"Out of memory", r"out_of_memory"),
    # its watcher runs on any CPU, and if that is not the first one, an NMI would find that in the dead kernel
    ("hung task", "echo 5 >hung_task_timeout_secs; echo 1 >hung_task_panic", insmod("hung"), (),
     r"hung_task: blocked tasks", r"task:crasher_hung(?s:.*)crasher_hung"),
)
# the cloud kernel has no machine checks; QEMU sends one to one processor, and the others would be waited for
ON_STANDARD = (("machine check", "", "sleep 60", MCE, r"[Mm]achine check", r"Hardware Error"),)


def module(kernel):
    """The module's bytes."""
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run(["cp", "-r", paths.QEMU_DIR / "kernel/crasher", tmp], check=True)
        done = subprocess.run(["make", "-s", "-C", fetch.headers(kernel), f"M={tmp}/crasher", "CC=gcc", "modules"],
                              check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        check(done.returncode == 0, f"crasher: {done.stdout[-1500:]}")
        with open(f"{tmp}/crasher/crasher.ko", "rb") as f:
            return f.read()


def judge(ways):
    """What to ask of a run that died in these ways."""
    def judged(run):
        check(len(run.dumps) == len(ways), f"{len(run.dumps)} dumps of {len(ways)} crashes: {run.lines[-20:]}")
        for (name, _, _, _, panic, log), folder in zip(ways, run.dumps):
            report = json.loads((folder / "kdump.json").read_text())
            text = (folder / "dmesg.txt").read_text(errors="replace")
            said = report["panic"]
            print(f"  {name}: {report['state']}: {said}", flush=True)
            check(report["state"] == "complete", f"{name}: {report['state']}")
            check(re.search(panic, said), f"{name}: the panic line is {said!r}")
            check(re.search(log, text), f"{name}: dmesg.txt has no {log!r}: {text[-1500:]}")
    return judged


def die(kernel, ways, files, smp=2):
    steps = [Step(conf="kexec_min_uptime 0\n", shell=f"{POLICY}; {more or ':'}; cd /", crash=crash, qmp=qmp)
             for _, more, crash, qmp, _, _ in ways]
    wayback.run(kernel, steps, files=files, smp=smp, judge=judge(ways))


def story():
    die(fetch.kernel("linux-image-amd64/bookworm"), ON_STANDARD, {}, smp=1)
    kernel = fetch.kernel("bookworm")
    die(kernel, WAYS, {"crasher.ko": (module(kernel), 0o644)})


main(story)
