#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.1, 6.12 and 7.2: /proc/vmcore has the same ranges at the same addresses after either call."""

from lib import kexecload
from lib.scenario import check, main

LONG = True


def story():
    for suite in ("bookworm", "trixie", "sid"):
        files, segments = (kexecload.vmcore_loads(suite, call) for call in ("-s", "-c"))
        for load in segments:
            print("  {}: va {:#x} pa {:#x} {} KiB".format(suite, load[0], load[1], load[2] >> 10), flush=True)
        check(files == segments, f"{suite}: by kexec_file_load {files}")


main(story)
