#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Debian package on UEFI, GRUB and a plain ext4: a newer kernel from the archive, armed by the next boot, crashed; purged."""

import re

from lib import apt, grub, packaged
from lib.scenario import check, main

LONG = True

# a newer kernel than that of the system, as the archive has it
NEWER, PACKAGE = "sid", "linux-image-cloud-amd64"


def newer():
    """(its release, the packages that it needs beside those of the system)"""
    with apt.Suite(NEWER) as suite:
        release = re.search(r"linux-image-(\d[\w.+-]*)", suite.show(PACKAGE)["Depends"])[1]
        # its hooks come with linux-base
        ours = re.compile(rf"linux-base|linux-.*-{re.escape(release)}")
        return release, suite.download(*(n for n in suite.closure(f"linux-image-{release}") if ours.fullmatch(n)))


def update(run, debs):
    """By apt; its hook makes the image, and GRUB's takes the kernel."""
    for deb in debs:
        (run.incoming / deb.name).write_bytes(deb.read_bytes())
    run.ask(f"{packaged.APT} install /mnt/in/linux-*.deb")


def story():
    release, debs = newer()
    with packaged.up(grub.UEFI) as run:
        run.ask("test -d /sys/firmware/efi")
        packaged.install(run)
        check(run.ask("uname -r") == run.debian.release != release, "it is the newer kernel that runs already")
        run.ask(packaged.INCOMING)
        update(run, debs)
        run.ask(f"ls /boot/kdump-init-{release}.img")
        run.reboot()
        check(run.ask("uname -r") == release, "it is not the newer kernel that runs")
        packaged.check_armed(run)
        entry = packaged.crash(run, ["/var/crash"])
        check(entry["KDUMP_RELEASE"] == release, f"the kernel is {entry['KDUMP_RELEASE']}")
        run.kernel.release = release
        packaged.look(run, "/var/crash")
        packaged.purge(run)


main(story)
