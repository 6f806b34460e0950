#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""On a Debian 13 udev has the loader follow memory, and systemctl kexec enters what kdump-loader exec --load has loaded."""

from lib import debian_guest
from lib.scenario import check, main

LONG = True

# this kernel follows by itself: one that does not has no such file, or a 0 in it
NOT_FOLLOWED = """echo 0 >/run/zero
for what in memory cpu; do mount --bind /run/zero /sys/devices/system/$what/crash_hotplug; done"""
OTHER_MEMORY = "sed -i 's/^memory .*/memory 00/' /run/kdump-init/armed"
EVENT = "udevadm trigger --settle --action=online --subsystem-match=memory"
FOLLOWED = ("for i in $(seq 60); do journalctl -b --no-pager -o cat | grep -q 'loaded again, as the machine' && break; "
            "sleep 1; done; journalctl -b --no-pager -o cat | grep -c 'loaded again, as the machine'")


def story():
    with debian_guest.guest() as run, run.booted():
        debian_guest.install(run)
        run.told(f"{EVENT}; kdump-loader status", r"\Aarmed\b")
        for line in NOT_FOLLOWED.splitlines():
            run.ask(line)
        run.ask(OTHER_MEMORY)
        run.told("kdump-loader status", "the machine's memory changed")
        run.ask(EVENT)
        check(run.ask(FOLLOWED).strip() == "1", "udev's rule did not have it loaded once")
        run.told("kdump-loader status", r"\Aarmed\b")
        run.ask("kdump-loader exec --load --kernel /boot/vmlinuz-$(uname -r) --initrd /boot/initrd.img-$(uname -r) "
                "--append crashtest.again=1")
        run.shell.send("systemctl kexec")
        run.shell.login()
        check("crashtest.again=1" in run.ask("cat /proc/cmdline"), "the firmware booted it")
        debian_guest.check_up(run)


main(story)
