#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64, a board with busybox init and one kernel, /boot/Image: armed by /etc/init.d/S90kdump, crashed, captured, told of.

BUILDROOT_TARGET=DIR takes the root file system that Buildroot has built (output/target) in place of Debian's busybox."""

import os
import pathlib

from lib import inits
from lib.scenario import main

LONG = True

STORY_LINE = "::once:/story\n"


def _init():
    """The system."""
    target = os.environ.get("BUILDROOT_TARGET")
    if target:
        root = pathlib.Path(target)
        return inits.Init("init", {"etc/inittab": (root / "etc/inittab").read_text() + STORY_LINE}, "/sbin/init", logs=False,
                          uname="aarch64", kernel="Image", root=root)
    return inits.Init("busybox", {"etc/inittab": "::sysinit:/etc/init.d/rcS\n" + STORY_LINE, "etc/init.d/rcS": inits.RCS,
                                  "etc/init.d/S90kdump": inits.SERVICES / "services/sysvinit/kdump"},
                      "/bin/busybox init", uname="aarch64", kernel="Image")


main(lambda: inits.run(_init()))
