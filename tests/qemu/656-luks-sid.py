#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""LUKS2 on 7.2: the volume key comes from a file that the admin named."""

from lib import fetch, stacked
from lib.scenario import crashed, debug_symbols, expect, main, verify

MAKE, AGAIN = stacked.luks('"$(disk a)"', "vault")


def story():
    kernel = fetch.kernel("sid", debug=debug_symbols())
    with crashed(kernel=kernel, **stacked.options(
            MAKE, AGAIN, "/dev/mapper/vault", stacked.CRYPT, ("cryptsetup",),
            stacked.LUKS_CONF, disks=("a",))) as run:
        for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
            print("  ok:", line, flush=True)
        expect(run, "stack: vault: made", "the device")
        stacked.check_secret(run)


main(story)
