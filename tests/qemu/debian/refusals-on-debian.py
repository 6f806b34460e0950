#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""On a Debian 13 a capture that cannot work is refused, and what has gone stale is told.

Without crashkernel= and with too small a one the unit fails, with the size to set.
An image that is cut or another program's, or one for another kernel, is refused and
what was armed stays. A kdump.conf that was edited and a kernel without an image are
told by status and by the unit."""

import re
import shutil

from lib import debian_guest, fetch
from lib.debian_guest import MOUNT, SOURCE
from lib.scenario import check, main

LONG = True

SINCE = 'journalctl --no-pager -o cat -u kdump-loader --since "$since"'
RELOAD = 'sleep 1; since=$(date "+%F %T"); systemctl reload kdump-loader'


def unit_failed(run, pattern):
    """A monitoring sees it, and the journal has what to do."""
    check("kdump-loader" in run.ask("systemctl --failed --no-legend"), "no unit has failed")
    run.told("journalctl --no-pager -o cat -b -u kdump-loader", pattern)


def no_reservation(run):
    """The README's steps where crashkernel= is missing."""
    run.ask(MOUNT)
    run.ask(f"cd {SOURCE}")
    for line in debian_guest.using_it():
        if line.startswith("kdump-loader load"):
            run.refused(line, r"crashkernel=\d+M")
        elif line.startswith("kdump-loader status"):
            run.refused(line, r"not armed(.|\n)*crashkernel=")
        else:
            run.ask(line, None if line.startswith("systemctl") else 0)
    unit_failed(run, r"crashkernel=\d+M")


def too_small(run):
    """64 MiB, of which the unit finds out at boot."""
    check(run.ask("systemctl is-system-running --wait", None) == "degraded", "not degraded")
    unit_failed(run, r"64 MiB(.|\n)*crashkernel=\d+M")
    run.refused("kdump-loader load", r"64 MiB(.|\n)*crashkernel=\d+M")
    run.refused("kdump-loader status", "not armed")


def bad_images(run):
    """What is no whole image of ours is refused; what was armed stays."""
    run.ask("image=/boot/kdump-init-$(uname -r).img")
    run.ask("head -c 600000 $image >/boot/cut.img")
    run.refused("kdump-loader load --initrd /boot/cut.img", r"cut|whole|short|incomplete|truncated")
    run.ask("mv $image /boot/ours.img && cp /boot/initrd.img-$(uname -r) $image")
    run.refused("kdump-loader load", r"kdump-mkinitrd")
    run.refused("systemctl reload kdump-loader", "failed")
    run.told("kdump-loader status", "^armed")
    run.ask("mv /boot/ours.img $image")
    run.ask("kdump-loader load")


def config_edited(run):
    """kdump.conf is newer than the image; a new image ends it, by hand or by a reload."""
    run.ask("systemctl stop kdump-update.path")
    run.ask("kdump-loader status | grep -c kdump.conf", 1)
    run.ask("echo 'keep 3' >>/etc/kdump.conf")
    run.told("kdump-loader status", r"kdump\.conf.*kdump-mkinitrd")
    run.ask("kdump-mkinitrd -o $image && kdump-loader load")
    run.ask("kdump-loader status | grep -c kdump.conf", 1)
    run.ask("echo 'min_free 1M' >>/etc/kdump.conf")
    run.ask(RELOAD)
    run.told(SINCE, r"kdump-init-\S+ was made: the config /etc/kdump\.conf has changed")
    run.ask("kdump-loader status | grep -c kdump.conf", 1)


def other_kernel(run, other):
    """Another kernel is installed, for which there is no image, and one is loaded."""
    run.ask("mkdir -p /mnt/in && mount -t 9p -o trans=virtio,version=9p2000.L,ro in /mnt/in")
    run.ask(f"cp /mnt/in/vmlinuz /boot/vmlinuz-{other} && mkdir /lib/modules/{other}")
    run.told("kdump-loader status", rf"{re.escape(other)}.*kdump-mkinitrd")
    run.ask(RELOAD, None)
    run.told(SINCE, rf"{re.escape(other)}.*kdump-mkinitrd")
    run.refused(f"kdump-loader load --kernel /boot/vmlinuz-{other} --initrd $image",
                re.escape(other))
    run.told("kdump-loader status", "^armed")


def story():
    other = fetch.kernel("trixie")
    with debian_guest.guest() as run:
        check(other.release != run.kernel.release, "two kernels of one release")
        shutil.copy(other.vmlinuz, run.incoming / "vmlinuz")
        with run.booted(crashkernel=None):
            no_reservation(run)
            run.shutdown()
        with run.booted(crashkernel="64M"):
            too_small(run)
            run.shutdown()
        with run.booted():
            debian_guest.check_up(run)
            bad_images(run)
            config_edited(run)
            other_kernel(run, other.release)


main(story)
