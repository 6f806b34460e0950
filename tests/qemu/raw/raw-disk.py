#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A whole disk as a raw target: captured, recovered after the reboot, read by everybody; then the disk is free."""

from lib.scenario import check, crashed, expect, verify, main

RECOVER = """d=$(disk raw)
say "head: $(head -c 8 "$d")"
kdump-dumper --info "$d" >"$src/info.txt" || say "info: exit $?"
kdump-dumper --recover "$d" "$src/crash"; say "recover: exit $?"
kdump-dumper --recover "$d" "$src/crash"; say "recover again: exit $?"
head -c 1048576 "$d" | tr -d '\\000' | wc -c >"$src/left.txt"
"""


def story():
    with crashed(targets=("raw",), recover=RECOVER) as run:
        expect(run, r"target: /dev/vdb \(raw\): opened", "the raw device")
        check(run.console("crashtest: head: KDUMP   "), "no dump at offset 0")
        check(run.console("crashtest: recover: exit 0"), "not recovered")
        check(run.console("crashtest: recover again: exit 3"),
              "the device is not free afterwards")
        check((run.collected / "left.txt").read_text().strip() == "0",
              "the device still begins with a dump")
        check("RELEASE" in (run.collected / "info.txt").read_text().upper(),
              "--info of the device says nothing")
        verify.folder(run)
        verify.dmesg(run)
        verify.libkdumpfile(run)
        verify.makedumpfile(run)


main(story)
