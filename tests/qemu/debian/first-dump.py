#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""packaging/README.md's five commands, from the .deb to the first own dump, on Debian's sid with UEFI, GRUB and LVM; purged."""

from lib import grub, packaged
from lib.scenario import main

LONG = True


def story():
    with packaged.up(grub.UEFI_LVM, "sid") as run:
        run.ask("test -d /sys/firmware/efi")
        packaged.follow_protocol(run)
        packaged.look(run, "/var/crash")
        packaged.purge(run)


main(story)
