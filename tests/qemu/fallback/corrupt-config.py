#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The image's config is garbage: one line says so, the machine reboots."""

from lib.scenario import check, crashed, expect, main


def story():
    garbage = bytes(range(256)) * 8
    with crashed(targets=("ext4",), load=False,
                 overlay={"etc/kdump.conf": (garbage, 0o600)}) as run:
        expect(run, r"kdump\.conf: ", "the corrupt config")
        expect(run, r"system: reboot", "the reboot")
        check("again" in run.events, "production did not come up again")


main(story)
