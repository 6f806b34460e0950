#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12, UBIFS: UBI, UBIFS and its compressors as modules; the dump is there after the reboot."""

from lib import fetch, ubi
from lib.scenario import main

LONG = True


def story():
    # the cloud kernels have no flash
    ubi.circle(fetch.kernel("linux-image-amd64/trixie"), "ubi0:dumps", more_conf=ubi.MODULES_CONF,
               production_modules=ubi.MODULES)


main(story)
