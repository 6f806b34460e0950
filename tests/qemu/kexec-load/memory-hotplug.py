#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Memory plugged in after the machine was armed by kexec_load is in the dump: the kernel rewrites its header."""

from lib import kexecload
from lib.scenario import check, main, verify

LONG = True
PLUGGED_M = 256


def plug(run, _at, text):
    """At the first line of the armed machine."""
    if text.endswith("crashtest: armed"):
        run.machine.qmp("object-add", **{"qom-type": "memory-backend-ram", "id": "more",
                                         "size": PLUGGED_M << 20})
        run.machine.qmp("device_add", driver="pc-dimm", id="dimm", memdev="more")


WAIT = """n=0
until [ "$(cat /sys/devices/system/memory/memory*/online | grep -c 1)" -ge 10 ] || [ $n -ge 100 ]; do
	for s in /sys/devices/system/memory/memory*/state; do
		[ "$(cat "$s")" = offline ] && echo online >"$s"
	done
	usleep 100000; n=$((n + 1))
done
say "hotplug: $(cat /sys/devices/system/memory/crash_hotplug) $(grep MemTotal /proc/meminfo)"
"""


def story():
    for suite in ("trixie", "sid"):
        with kexecload.armed(suite, mem="1024M,slots=2,maxmem=2048M", on_line=plug, load=False,
                             guest_files={"etc/crashtest/before-crash": (WAIT, 0o755)}) as run:
            print("  ok:", verify.folder(run), flush=True)
            print("  ", *run.console("crashtest: hotplug: "), flush=True)
            check(run.console("hotplug: 1 "), "the kernel does not rewrite the header")
            ram_m = run.report["vmcore"]["pages"]["ram"] * 4096 >> 20
            # less the reservation and what the firmware keeps
            check(ram_m > 1024 + PLUGGED_M - 96 - 32, f"{suite}: {ram_m} MiB in the dump")


main(story)
