#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12, UBIFS: UBI, UBIFS and its compressors as modules; the dump is there after the reboot."""

from lib import fetch, ubi
from lib.scenario import main

LONG = True
# the first are for any chip on a bus: kdump-mkinitrd packs what the kernel has of them
MODULES = ("ofpart", "cmdlinepart", "cfi_cmdset_0001", "cfi_cmdset_0002", "cfi_cmdset_0020", "cfi_probe", "jedec_probe",
           "block2mtd", "lzo", "deflate", "zstd", "ubi", "ubifs")
CONF = f"""extra_modules virtio_pci virtio_blk block2mtd
options block2mtd block2mtd={ubi.DISK}
"""


def story():
    # the cloud kernels have no flash
    ubi.circle(fetch.kernel("linux-image-amd64/trixie"), "ubi0:dumps", more_conf=CONF, production_modules=MODULES)


main(story)
