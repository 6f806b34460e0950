#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""QEMU's dumps of a guest without the vmcoreinfo device, in all its formats.

One guest panics and stays; dump-guest-memory writes it as ELF, with paging, and as kdump with
each codec, flattened and raw. VMCOREINFO is found in memory. Each is looked at, verified, filtered
to level 31 with the same pages as the first; crash and drgn open such a one. Of lzo and
snappy, which Debian's QEMU is built without, liblzo2 and libsnappy make the dumps. 646 has the
device, and every reader opens every format."""

from lib import qemudump
from lib.scenario import main


def story():
    qemudump.story(device=False)


main(story)
