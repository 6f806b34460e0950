#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kdump_pre hangs and ignores signals: it is killed in time, the dump is made."""

from lib import hooks
from lib.scenario import check, crashed, expect, main, verify


def story():
    files = hooks.script("trap '' TERM INT HUP\nb sleep 1000 &\n"
                         "while :; do b sleep 1000; done\n", "pre")
    with crashed(targets=("ext4",), load=False, root_files=files,
                 extra_conf=hooks.conf("pre", extra="hook_timeout 3\n")) as run:
        expect(run, r"hook: kdump_pre: /etc/pre: not done after 3 s: killed",
               "its end")
        check("again" in run.events, "production did not come up again")
        verify.folder(run, state="complete")
        verify.dmesg(run)
        verify.libkdumpfile(run)


main(story)
