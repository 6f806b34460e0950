#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The flash was erased after UBI's volume was named as the target: it is left as it is, and what to do is said."""

from lib import fetch, ubi
from lib.scenario import check, crashed, expect, main

LONG = True
MIB = 1 << 20
# block2mtd has this disk's pages: the capture sees what was written
ERASE = f"""umount /target || fail "UBIFS stays mounted"
dd if=/dev/zero of={ubi.DISK.split(',', maxsplit=1)[0]} bs=1M count=64 conv=fsync 2>/dev/null || fail "dd: $?"
"""


def story():
    kernel = fetch.kernel("linux-image-amd64/trixie")
    with crashed(**ubi.attached(kernel, "ubi0:dumps", more_conf=ubi.MODULES_CONF, production_modules=ubi.MODULES,
                                more_files={"etc/crashtest/before-crash": (ERASE, 0o755),
                                            "etc/crashtest/before-collect": ("", 0o755)})) as run:
        expect(run, r"target: MTD=board:dumps.*: mtd\d+ holds no UBI; make it with ubiformat and ubimkvol",
               "the erased flash")
        expect(run, r"system: reboot", "the reboot")
        check("again" in run.events, "production did not come up again")
        with open(run.work / "flash.img", "rb") as flash:
            check(all(flash.read(MIB) == bytes(MIB) for _ in range(64)), "something was written to the flash")


main(story)
