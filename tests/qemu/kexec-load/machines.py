#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""4-level paging (the others have 5 levels) and 64 GiB: armed, crashed, captured."""

from lib import kexecload
from lib.scenario import check, main, verify

LONG = True


def captured(suite, what, **more):
    """A machine whose dump is whole."""
    with kexecload.armed(suite, **more) as run:
        print(f"  ok: {suite}, {what}:", verify.folder(run), flush=True)
    return run


def story():
    for suite in ("bookworm", "trixie", "sid"):
        captured(suite, "4 levels", cpu="max,la57=off", load=False)
    for call in ("-s", "-c"):
        run = captured("trixie", f"64 GiB {call}", loader=call, mem="64G", crashkernel="256M", disk_size="8G",
                       load=False, timeout=900)
        pages = run.report["vmcore"]["pages"]["ram"]
        check(pages * 4096 > 62 << 30, f"{pages} pages of memory")


main(story)
