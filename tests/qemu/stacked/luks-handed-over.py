#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""LUKS2, its volume key handed over by the crashed kernel; nothing secret is in the image.

No kernel of Debian's can: this one is built from sid's linux-source."""

from lib import ownkernel, stacked
from lib.scenario import crashed, expect, main, verify

LONG = True

NAME = f"kdump-cryptsetup:vk-{stacked.LUKS_UUID}"
FORMAT, OPEN = stacked.luks('"$(disk a)"', "vault")
LINK = f"--link-vk-to-keyring '@u::%logon:{NAME}' "
KEYS = "/sys/kernel/config/crash_dm_crypt_keys"
MAKE = FORMAT.replace("cryptsetup open ", "cryptsetup open " + LINK) + f"""
rm -f /{stacked.KEY}
mount -t configfs configfs /sys/kernel/config
mkdir {KEYS}/vault
echo {NAME} >{KEYS}/vault/description
"""


def story():
    with crashed(kernel=ownkernel.production("sid"), crashkernel="160M", **stacked.options(
            MAKE, OPEN, "/dev/mapper/vault", (), ("cryptsetup",),
            f"luks_key UUID={stacked.LUKS_UUID} keyring\n", disks=("a",))) as run:
        for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
            print("  ok:", line, flush=True)
        expect(run, "stack: vault: made", "the device")
        stacked.check_secret(run)


main(story)
