# SPDX-License-Identifier: MIT
"""The Debian package on a Debian that boots by GRUB: apt install, reboot, crash; what an administrator then does; purge.

Nothing is done by hand but what an administrator would do anyway. The package is that of tests/tools/package, which is called
if it has not built one."""

import contextlib
import json
import shutil
import subprocess

from . import debian_guest, grub, paths, tools
from .verify import check, everything

BUILT = paths.BUILD / "package"
INCOMING = "mkdir -p /mnt/in && mount -t 9p -o trans=virtio,version=9p2000.L,ro in /mnt/in"
APT = "DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -y"
UNITS = "kdump-loader.service kdump-recover.service kdump-update.service kdump-update.path kdump-update.timer"
# the background of the boot, and what a path unit has started
QUIET = ("timeout 900 sh -c 'while systemctl is-active -q kdump-recover || systemctl is-active -q kdump-update; "
         "do sleep 1; done'")
ARMED = "timeout 600 sh -c 'until kdump-loader status; do sleep 2; done'"
MESSAGE = "MESSAGE_ID=7e5590cbd1d54e59b39d3702e1952d7c"
ENTRIES = f"journalctl -o json --output-fields=MESSAGE,KDUMP_FOLDER,KDUMP_PANIC,KDUMP_RELEASE {MESSAGE}"
LEFT = ("find / -xdev \\( -path /var/lib/dpkg -o -path /var/log -o -path /var/cache -o -path /usr/src -o -path /mnt "
        "-o -path /var/crash -o -path /dumps \\) -prune -o -iname '*kdump*' -print; ls /boot/*kdump* /run/*kdump* "
        "/etc/systemd/system/*/kdump* /var/lib/dpkg/info/*kdump* 2>/dev/null; true")
ARGUMENT = "grep -h crashkernel /boot/grub/grub.cfg /etc/default/grub /etc/default/grub.d/* 2>/dev/null"


def package():
    """The .deb, built if it is not there."""
    found = sorted(BUILT.glob("kdump-init_*.deb"))
    if not found:
        done = subprocess.run([paths.TOP / "tests/tools/package"], check=False)
        found = sorted(BUILT.glob("kdump-init_*.deb"))
        if done.returncode or not found:
            raise tools.ToolError("tests/tools/package: no package was built")
    return found[-1]


@contextlib.contextmanager
def up(kind):
    """A machine of lib/grub.py that has booted, without the package."""
    with debian_guest.guest(system=grub.installed(kind)) as run, run.booted(firmware=grub.firmware(kind)):
        yield run


def check_armed(run):
    """After a boot: nothing failed, and nobody did anything."""
    run.ask(QUIET)
    debian_guest.check_up(run)


def told(run, folders):
    """The journal has an entry for each crash, whose dump is below the folder of its place; the newest is told at logins."""
    run.ask(QUIET)
    entries = [json.loads(line) for line in run.ask(ENTRIES).splitlines() if line.startswith("{")]
    check(len(entries) == len(folders), f"{len(entries)} entries of the journal for {len(folders)} crashes")
    for entry, folder in zip(entries, folders):
        check(entry["KDUMP_FOLDER"].startswith(folder), f"the dump is in {entry['KDUMP_FOLDER']}")
    check("sysrq" in entries[-1]["KDUMP_PANIC"].lower(), f"the panic line is {entries[-1]['KDUMP_PANIC']!r}")
    run.told(f"journalctl -x -n 100 {MESSAGE}", "The kernel of this machine has crashed")
    run.told("/etc/update-motd.d/60-kdump-init", r"\Athis machine crashed at \S+Z: .*sysrq.*complete")
    run.told("cat /root/notified", rf"(?m)^{folders[-1]}/\S+ complete$")
    return entries[-1]


def install(run):
    """apt install ./kdump-init_*.deb, and the next boot: it is armed, and nothing was asked or answered."""
    shutil.copy(package(), run.incoming)
    run.ask(INCOMING)
    check(not run.ask(ARGUMENT, None), "crashkernel= is set before")
    run.told(f"{APT} install /mnt/in/kdump-init_*.deb", r"crashkernel= is set; the machine is armed after the next boot")
    run.ask(f"systemctl is-enabled {UNITS}")
    run.ask("ls /boot/kdump-init-$(uname -r).img")
    run.told("cat /boot/grub/grub.cfg", r"(?m)^\s*linux\s.* crashkernel=\d+M$")
    run.ask("printf '#!/bin/sh\\necho \"$1 $KDUMP_STATE\" >>/root/notified\\n' >/root/notify; chmod 755 /root/notify")
    run.ask("echo 'notify /root/notify' >>/etc/kdump.conf")
    run.reboot()
    check_armed(run)
    run.told("kdump-loader status --prometheus", "(?m)^kdump_would_capture 1$")


def crash(run, folders):
    """Crashed, captured; the boot behind it tells of it, until somebody has looked."""
    run.crash(by="kdump-loader test --yes")
    entry = told(run, folders)
    run.told("kdump-loader status", rf"last capture +\S+Z, complete: .*\n +of +debian, .*\n +in +{folders[-1]}/")
    run.told(f"kdump-dumper list {folders[-1]}", r"complete +\S+ [KMG]iB +debian-")
    run.ask("kdump-loader seen && ! test -e /run/motd.d/kdump-init")
    run.ask(ARMED)
    return entry


def edit(run, folder):
    """kdump.conf is edited, and nothing else is done."""
    run.ask(f"echo 'path {folder}' >>/etc/kdump.conf")
    run.ask(ARMED)
    run.ask(QUIET)
    run.told("journalctl -u kdump-update", r"kdump-init-\S+ was made: the config /etc/kdump.conf has changed since")
    run.ask("systemctl reload kdump-loader")


def look(run, folder):
    """Other programs open the newest dump of a folder."""
    run.collect(folder)
    for line in everything(run, ("makedumpfile", "libkdumpfile")):
        print("  ok:", line, flush=True)


def purge(run):
    """It leaves nothing, in the boot loader's configuration neither."""
    run.ask(f"{APT} purge kdump-init")
    left = run.ask(LEFT).splitlines()
    check(not left, f"a purge leaves {left}")
    check(not run.ask(ARGUMENT, None), "crashkernel= is still set")
    run.told("systemctl --failed --no-legend; echo none", r"\Anone")
    run.told("systemctl list-units --all --no-legend 'kdump*'; echo none", r"\Anone")
