#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Debian package on BIOS, GRUB and LVM: armed by a reboot, crashed, told of; kdump.conf edited, crashed again; purged."""

from lib import grub, packaged
from lib.scenario import main

LONG = True


def kernels(run):
    """A kernel comes and goes."""
    run.ask("cp -al /lib/modules/$(uname -r) /lib/modules/9.9-test && cp /boot/vmlinuz-$(uname -r) /boot/vmlinuz-9.9-test")
    run.told("kdump-loader status", r"no (capture )?image for .*9\.9-test")
    run.told("/etc/kernel/postinst.d/zz-kdump-init 9.9-test", r"/boot/kdump-init-9.9-test.img was made: there was none")
    run.ask("rm /boot/vmlinuz-9.9-test && /etc/kernel/postrm.d/zz-kdump-init 9.9-test && ! ls /boot/kdump-init-9.9-test.img")
    run.ask("rm -r /lib/modules/9.9-test")


def story():
    with packaged.up(grub.BIOS) as run:
        packaged.install(run)
        packaged.crash(run, ["/var/crash"])
        kernels(run)
        packaged.edit(run, "/dumps")
        packaged.crash(run, ["/var/crash", "/dumps"])
        packaged.look(run, "/dumps")
        packaged.purge(run)


main(story)
