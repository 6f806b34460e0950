#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""OVMF: the capture kernel has ACPI and EFI's runtime services, by both calls; so has a normal kernel."""

from lib import execed, kexecload
from lib.scenario import check, main, verify

LONG = True


def crashed_on_efi(suite, call):
    """A capture that finds ACPI and EFI."""
    with kexecload.armed(suite, loader=call, production="loglevel=7", machine=kexecload.ovmf()) as run:
        print(f"  ok: {suite} {call}:", verify.folder(run), flush=True)
        for words in (r"ACPI: RSDP 0x", r"efi: EFI v2\.\d+ by EDK II"):
            seen = run.console(words)
            # by the production kernel, the capture kernel and the one after it
            check(len(seen) >= 3, f"{suite} {call}: {words}: {len(seen)} times")


def story():
    crashed_on_efi("trixie", "-s")
    for suite in ("trixie", "bookworm", "sid"):
        crashed_on_efi(suite, "-c")
        print(" ", execed.check(suite, "-c", efi=True), flush=True)


main(story)
