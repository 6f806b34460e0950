#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Debian package: installed, armed after a reboot, crashed, the dump told of; kdump.conf edited, crashed again; purged.

Nothing is done by hand but `dpkg -i` and what an administrator would change anyway. The package is that of tests/tools/package,
which is called if it has not built one."""

import json
import shutil
import subprocess

from lib import debian_guest, paths, tools
from lib.scenario import check, main, verify

LONG = True

BUILT = paths.BUILD / "package"
INCOMING = "mkdir -p /mnt/in && mount -t 9p -o trans=virtio,version=9p2000.L,ro in /mnt/in"
UNITS = "kdump-loader.service kdump-recover.service kdump-update.service kdump-update.path kdump-update.timer"
# the background of the boot, and what a path unit has started
QUIET = ("timeout 900 sh -c 'while systemctl is-active -q kdump-recover || systemctl is-active -q kdump-update; "
         "do sleep 1; done'")
ENTRIES = "journalctl -o json --output-fields=MESSAGE,KDUMP_FOLDER,KDUMP_PANIC MESSAGE_ID=7e5590cbd1d54e59b39d3702e1952d7c"
LEFT = ("find / -xdev \\( -path /var/lib/dpkg -o -path /var/log -o -path /var/cache -o -path /usr/src -o -path /mnt "
        "-o -path /var/crash -o -path /dumps \\) -prune -o -iname '*kdump*' -print; ls /var/lib/dpkg/info | grep kdump; true")


def package():
    """The .deb, built if it is not there."""
    found = sorted(BUILT.glob("kdump-init_*.deb"))
    if not found:
        done = subprocess.run([paths.TOP / "tests/tools/package"], check=False)
        found = sorted(BUILT.glob("kdump-init_*.deb"))
        if done.returncode or not found:
            raise tools.ToolError("tests/tools/package: no package was built")
    return found[-1]


def told(run, count, folder):
    """The journal has an entry for each crash; the newest is in a folder below this one."""
    run.ask(QUIET)
    entries = [json.loads(line) for line in run.ask(ENTRIES).splitlines() if line.startswith("{")]
    check(len(entries) == count, f"{len(entries)} entries of the journal for {count} crashes")
    check(entries[-1]["KDUMP_FOLDER"].startswith(folder), f"the dump is in {entries[-1]['KDUMP_FOLDER']}")
    check("sysrq" in entries[-1]["KDUMP_PANIC"].lower(), f"the panic line is {entries[-1]['KDUMP_PANIC']!r}")
    run.told("journalctl -x -n 100 MESSAGE_ID=7e5590cbd1d54e59b39d3702e1952d7c", "The kernel of this machine has crashed")
    run.told("/etc/update-motd.d/60-kdump-init", r"\Athis machine crashed at \S+Z: .*sysrq.*complete")
    run.told("cat /root/notified", rf"(?m)^{folder}/\S+ complete$")


def first_crash(run):
    """Installed, armed by the next boot, crashed."""
    run.told("dpkg -i /mnt/in/*.deb", "")
    run.ask(f"systemctl is-enabled {UNITS}")
    run.ask("ls /boot/kdump-init-$(uname -r).img")
    run.ask("printf '#!/bin/sh\\necho \"$1 $KDUMP_STATE\" >>/root/notified\\n' >/root/notify; chmod 755 /root/notify")
    run.ask("echo 'notify /root/notify' >>/etc/kdump.conf")
    run.reboot()
    run.ask(QUIET)
    debian_guest.check_up(run)
    run.told("kdump-loader status --prometheus", "(?m)^kdump_would_capture 1$")
    run.crash()
    told(run, 1, "/var/crash")
    run.told("kdump-dumper list", r"complete +\S+ [KMG]iB +debian-")
    run.ask("kdump-loader seen && ! test -e /run/motd.d/kdump-init")


def second_crash(run):
    """kdump.conf is edited, and nothing else is done."""
    run.ask("echo 'path /dumps' >>/etc/kdump.conf")
    run.ask("timeout 300 sh -c 'until kdump-loader status; do sleep 2; done'")
    run.told("journalctl -u kdump-update", r"kdump-init-\S+ was made: the config /etc/kdump.conf has changed since")
    run.ask("systemctl reload kdump-loader")
    run.crash()
    told(run, 2, "/dumps")


def kernels(run):
    """A kernel comes and goes."""
    run.ask("cp -a /lib/modules/$(uname -r) /lib/modules/9.9-test && cp /boot/vmlinuz-$(uname -r) /boot/vmlinuz-9.9-test")
    run.told("kdump-loader status", "no image for +9.9-test")
    run.told("/etc/kernel/postinst.d/zz-kdump-init 9.9-test", r"/boot/kdump-init-9.9-test.img was made: there was none")
    run.ask("rm /boot/vmlinuz-9.9-test && /etc/kernel/postrm.d/zz-kdump-init 9.9-test && ! ls /boot/kdump-init-9.9-test.img")
    run.ask("rm -r /lib/modules/9.9-test")


def story():
    with debian_guest.guest() as run:
        shutil.copy(package(), run.incoming)
        with run.booted():
            run.ask(INCOMING)
            first_crash(run)
            run.ask(INCOMING)
            kernels(run)
            second_crash(run)
            run.collect("/dumps")
            for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
                print("  ok:", line, flush=True)
            run.ask("dpkg -P kdump-init")
            left = run.ask(LEFT).splitlines()
            check(not left, f"a purge leaves {left}")
            run.told("systemctl --failed --no-legend; echo none", r"\Anone")


main(story)
