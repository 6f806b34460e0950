#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A dump that takes longer than the armed watchdog's timeout: it is fed, nothing resets."""

from lib import fetch, hooks
from lib.scenario import check, crashed, debug_symbols, expect, main, verify

LONG = True


def story():
    kernel = fetch.kernel("trixie", debug=debug_symbols())
    conf = ("path {path}\next4 UUID={uuid}\ncore_collector kdump-dumper -d 1\n")
    with crashed(kernel=kernel, targets=("ext4",), load=False, conf=conf,
                 mkinitrd="guest", mem="512M", timeout=900, quiet=300,
                 guest_files=hooks.watchdog_files(kernel, mkinitrd=True),
                 drive=",throttling.bps-write=1500000",
                 more_args=lambda _: hooks.WATCHDOG) as run:
        expect(run, r"watchdog: /dev/watchdog0 \(.*\): taken over; resets the "
               "machine 60 s", "the watchdog")
        took = run.events["vmcore"] - run.events["target"]
        check(took > 65, f"the dump took {took:.0f} s: no proof")
        check(not run.console("crashtest: production up$")[1:],
              "the machine was reset")
        check("again" in run.events, "production did not come up again")
        verify.folder(run, state="complete")
        verify.libkdumpfile(run)


main(story)
