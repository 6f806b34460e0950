#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.1, which does not follow by itself: mdev calls the loader when memory and a CPU come, and the dump has all of both.

By either call. A CPU matters to kexec_load alone."""

from lib import kexecload, paths
from lib.scenario import check, main, verify

LONG = True
PLUGGED_M = 256
MDEV_CONF = paths.STAGE / "usr/share/kdump-init/mdev-kdump.conf"
MDEV = """mdev -d || say "FAILED: no mdev"
"""
WAIT = """n=0
while [ "$(cat /sys/devices/system/cpu/present)" = 0-1 ] || [ "$(ls -d /sys/devices/system/memory/memory* | wc -l)" -lt 10 ]; do
	usleep 100000; n=$((n + 1)); [ $n -lt 300 ] || break
done
for s in /sys/devices/system/memory/memory*/state; do
	[ "$(cat "$s")" = offline ] && echo online >"$s"
done
# QEMU's CPU that was never started would take the panic's NMI and run the firmware
echo 1 >/sys/devices/system/cpu/cpu2/online
n=0
while kdump-loader status | grep -q "^stale: the machine" && [ $n -lt 100 ]; do usleep 200000; n=$((n + 1)); done
say "hotplug: CPUs $(cat /sys/devices/system/cpu/present), $(dmesg | grep -c 'loaded again, as the machine')" loads
kdump-loader status
"""


def plug(run, _at, text):
    """At the first line of the armed machine."""
    if text.endswith("crashtest: armed"):
        run.machine.qmp("object-add", **{"qom-type": "memory-backend-ram", "id": "more",
                                         "size": PLUGGED_M << 20})
        run.machine.qmp("device_add", driver="pc-dimm", id="dimm", memdev="more")
        run.machine.qmp("device_add", driver="max-x86_64-cpu", id="cpu", **{
            "socket-id": 0, "core-id": 2, "thread-id": 0, "die-id": 0})


def story():
    for call in ("-s", "-c"):
        with kexecload.armed("bookworm", loader=call, mem="1024M,slots=2,maxmem=2048M", smp="2,maxcpus=3",
                             on_line=plug, load=False, guest_files={
                                 "etc/mdev.conf": (MDEV_CONF.read_bytes(), 0o644),
                                 "etc/crashtest/before-arm": (MDEV, 0o755),
                                 "etc/crashtest/before-crash": (WAIT, 0o755)}) as run:
            print("  ok:", verify.folder(run), flush=True)
            print("  ", *run.console("crashtest: hotplug: "), flush=True)
            check(run.console("hotplug: CPUs 0-2, [1-3] loads"), "the loader did not follow")
            check(not run.console("^stale: "), "it is stale after all")
            ram_m = run.report["vmcore"]["pages"]["ram"] * 4096 >> 20
            # less the reservation and what the firmware keeps
            check(ram_m > 1024 + PLUGGED_M - 96 - 32, f"{call}: {ram_m} MiB in the dump")


main(story)
