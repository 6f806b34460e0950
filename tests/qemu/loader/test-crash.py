#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`test` crashes the machine; after the reboot `status` tells that a dump came of it."""

from lib.scenario import check, crashed, main, verify

LONG = True
# the root of this machine does not outlive the crash
LASTING = """mkdir -p /target/state /var/lib/kdump-init
mount --bind /target/state /var/lib/kdump-init
"""
ASKED = LASTING + """
kdump-loader test </dev/null 2>&1 | sed 's/^/crashtest: unasked: /'
kdump-loader status | sed 's/^/crashtest: before: /'
"""
AFTER = """mkdir -p /var/lib/kdump-init
mount --bind /target/state /var/lib/kdump-init
kdump-loader load --kernel /boot/vmlinuz --initrd /boot/capture.img
kdump-loader status | sed 's/^/crashtest: after: /'
"""


def story():
    with crashed(load=False, crash="kdump-loader test --yes", guest_files={
            "etc/crashtest/before-crash": (ASKED, 0o755),
            "etc/crashtest/before-collect": (AFTER, 0o755)}) as run:
        check(run.console("unasked: .*write test --yes"), "a test without --yes is not refused")
        check(not run.console("before: tested"), "a test is told before there was one")
        check(run.console(r"after: tested +\S+: captured, complete"), "status does not tell of the test")
        check(run.console(r"after: last capture +\S+, complete: .*sysrq triggered crash"), "nor of the capture")
        print(verify.folder(run))


main(story)
