#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Binary junk behind the config's good lines: those are used, the dump is whole."""

from lib.fault import one
from lib.scenario import main

LONG = True

GOOD = (b"path /crash\nmodule /lib/modules/virtio_blk.ko\next4 /dev/vda\n"
        b"core_collector kdump-dumper -z -d 31\n")

main(lambda: one("complete", r"config: .*line 5", overlay={
    "etc/kdump.conf": (GOOD + bytes(range(1, 256)) * 4, 0o600)}))
