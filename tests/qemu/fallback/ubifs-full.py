#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""UBIFS fills up in the middle of the dump and no level is left: vmcore.incomplete opens, and the volume is whole."""

from lib import fetch, readers, ubi
from lib.scenario import check, crashed, expect, main, verify

LONG = True
# 64 MiB of flash have room for some 55, of which the dump, of some 27, gets less
FILL = """dd if=/dev/urandom of=/target/fill bs=1M count=33 2>/dev/null; sync
say "free: $(df -k /target | awk 'END { print $4 }') KiB"
"""


def story():
    kernel = fetch.kernel("linux-image-amd64/trixie")
    with crashed(**ubi.attached(kernel, "ubi0:dumps", more_conf=ubi.MODULES_CONF, production_modules=ubi.MODULES,
                                more_files={"etc/crashtest/before-crash": (FILL, 0o755)})) as run:
        expect(run, r"vmcore\.incomplete: no more room", "the full volume")
        expect(run, r"no whole vmcore was saved: .* MTD=board:dumps: vmcore\.incomplete: no more room", "the summary")
        check(run.core and run.core.name == "vmcore.incomplete", f"files: {run.files()}")
        check((run.collected / "fill").stat().st_size == 33 << 20, "what was in the volume is not there any more")
        verify.folder(run, state="partial")
        verify.dmesg(run)
        got, saved = readers.libkdumpfile(run.core), run.report["vmcore"]["pages"]["saved"]
        check(got["pages"] == saved > 2000, f"libkdumpfile: {got['pages']} pages, kdump.json: {saved}")


main(story)
