# SPDX-License-Identifier: MIT
"""The Debian package on a Debian that boots by GRUB: apt install, reboot, crash; what an administrator then does; purge.

Nothing is done by hand but what an administrator would do anyway. The package is that of tests/tools/package, which is called
if it has built none of the tree as it is."""

import contextlib
import hashlib
import json
import re
import shutil
import subprocess

from . import debian, debian_guest, grub, paths, tools
from .verify import check, everything

BUILT = paths.BUILD / "package"
STATE = BUILT / "digest"     # of what the packages there were built from
INCOMING = "mkdir -p /mnt/in && mount -t 9p -o trans=virtio,version=9p2000.L,ro in /mnt/in"
APT = "DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -y"
UNITS = "kdump-loader.service kdump-recover.service kdump-update.service kdump-update.path kdump-update.timer"
# the background of the boot, and what a path unit has started; that which runs behind it, too
QUIET = ("timeout 900 sh -c 'while systemctl show -P ActiveState kdump-recover kdump-update | grep -qE \"^active|ing$\"; "
         "do sleep 1; done'")
ARMED = "timeout 600 sh -c 'until kdump-loader status; do sleep 2; done'"
# the path unit's work
FOLLOWED = ("timeout 900 sh -c 'until journalctl -u kdump-update --since=@$edited | "
            "grep \"kdump-init-.* was made: the config /etc/kdump.conf has changed\"; do sleep 2; done'")
# an administrator's own program is run for each dump
NOTIFY = """printf '#!/bin/sh\\necho "$1 $KDUMP_STATE" >>/root/notified\\n' >/root/notify
chmod 755 /root/notify
echo 'notify /root/notify' >>/etc/kdump.conf"""
MESSAGE = "MESSAGE_ID=7e5590cbd1d54e59b39d3702e1952d7c"
ENTRIES = f"journalctl -o json --output-fields=MESSAGE,KDUMP_FOLDER,KDUMP_PANIC,KDUMP_RELEASE {MESSAGE}"
LEFT = ("find / -xdev \\( -path /var/lib/dpkg -o -path /var/log -o -path /var/cache -o -path /usr/src -o -path /mnt "
        "-o -path /var/crash -o -path /dumps \\) -prune -o -iname '*kdump*' -print; ls /boot/*kdump* /run/*kdump* "
        "/etc/systemd/system/*/kdump* /var/lib/dpkg/info/*kdump* 2>/dev/null; true")
ARGUMENT = "grep -h crashkernel /boot/grub/grub.cfg /etc/default/grub /etc/default/grub.d/* 2>/dev/null"


def digest(top=paths.TOP):
    """Of what the package is built from: all of the tree, or a copy, that git knows, but its tests."""
    total = hashlib.sha256()
    names = subprocess.run(["git", "ls-files", "-z"], cwd=paths.TOP, check=True, stdout=subprocess.PIPE).stdout.decode()
    for name in sorted(names.split("\0")):
        path = top / name
        if name and not name.startswith("tests/") and path.is_file():
            total.update(f"{name} {path.stat().st_mode & 0o111} ".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _built():
    """The .deb of the tree as it is, or None."""
    found = sorted(BUILT.glob("kdump-init_*.deb"))
    return found[-1] if found and STATE.exists() and STATE.read_text() == digest() else None


def package():
    """The .deb; built, if there is none or a stale one."""
    if not _built():
        done = subprocess.run([paths.TOP / "tests/tools/package", "--only-build"], check=False)
        if done.returncode or not _built():
            raise tools.ToolError("tests/tools/package: no package was built")
    return _built()


@contextlib.contextmanager
def up(kind, suite=debian.SUITE):
    """A machine of lib/grub.py that has booted, without the package."""
    with debian_guest.guest(system=grub.installed(kind, suite)) as run, run.booted(firmware=grub.firmware(kind)):
        yield run


def settle(run):
    """Wait for the end of a boot, which has started what runs in its background, and for the end of that."""
    run.ask("systemctl is-system-running --wait", None)
    run.ask(QUIET)


def check_armed(run):
    """After a boot: nothing failed, and nobody did anything."""
    settle(run)
    debian_guest.check_up(run)


def told(run, folders):
    """The journal has an entry for each crash, whose dump is below the folder of its place; the newest is told at logins."""
    settle(run)
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
    run.told("grep linux /boot/grub/grub.cfg", r"(?m)^\s*linux\s.* crashkernel=\d+M$")
    run.ask(NOTIFY)
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
    run.ask("export edited=$(date +%s)")
    run.ask(f"sed -i 's,^path .*,path {folder},' /etc/kdump.conf && grep -x 'path {folder}' /etc/kdump.conf")
    run.ask(FOLLOWED)
    run.ask(QUIET)
    run.ask("systemctl reload kdump-loader")
    run.ask(ARMED)


def look(run, folder):
    """Other programs open the newest dump of a folder."""
    run.collect(folder)
    for line in everything(run, ("makedumpfile", "libkdumpfile")):
        print("  ok:", line, flush=True)


def purge(run):
    """It leaves nothing, in the boot loader's configuration neither, and nothing loaded."""
    run.ask(f"{APT} purge kdump-init")
    run.told("cat /sys/kernel/kexec_crash_loaded", r"\A0")
    left = run.ask(LEFT).splitlines()
    check(not left, f"a purge leaves {left}")
    check(not run.ask(ARGUMENT, None), "crashkernel= is still set")
    run.told("systemctl --failed --no-legend; echo none", r"\Anone")
    run.told("systemctl list-units --all --no-legend 'kdump*'; echo none", r"\Anone")


def protocol():
    """The commands by which packaging/README.md comes from the .deb to a dump, without the words behind them."""
    text = (paths.TOP / "packaging/README.md").read_text("utf-8")
    block = re.search(r"^From the \.deb to the first own dump[^\n]*\n+```\n(.*?)^```", text, re.M | re.S)
    check(block, "packaging/README.md: no commands below 'From the .deb to the first own dump'")
    return [line.partition("#")[0].strip() for line in block[1].splitlines()]


def follow_protocol(run):
    """Each of them as it stands there, at a terminal, with nothing else but the yes that the crash asks for."""
    install, reboot, status, test, last = protocol()
    shutil.copy(package(), run.incoming)
    run.ask(INCOMING)
    run.ask("cd /mnt/in")
    run.told(install, "the machine is armed after the next boot")
    run.timed(reboot, run.reboot, by=reboot)
    run.ask(ARMED)
    run.told(status, r"\Aarmed")
    run.timed(test, run.crash, by=f"{test}\nyes")
    run.ask(ARMED)
    run.told(last, r"last capture +\S+Z, complete: .*\n +of +debian, .*\n +in +/var/crash/")
