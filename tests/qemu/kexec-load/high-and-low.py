#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A reservation above 4 GiB with one below for DMA: kexec_load places all in the former, and both are used."""

from lib import kexecload
from lib.scenario import check, main, verify

LONG = True


def story():
    for suite in ("bookworm", "trixie", "sid"):
        with kexecload.armed(suite, mem="5G", crashkernel="128M,high",
                             production="loglevel=6 crashkernel=64M,low") as run:
            print("  ok:", verify.folder(run), flush=True)
            segments = run.console(r"^  (main|low) +\d+ MiB at 0x")
            check(len(segments) == 2 and "0x1" in segments[0], f"{suite}: {segments}")


main(story)
