#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A kernel that is locked down arms the distribution's signed kernel, not a copy without its signature, and captures."""

from lib.scenario import check, crashed, main, verify

LONG = True
UNSIGNED = """cp /boot/vmlinuz /boot/unsigned
pe=$(od -An -tu4 -j60 -N4 /boot/unsigned)
dd if=/dev/zero of=/boot/unsigned bs=1 seek=$((pe + 24 + 112 + 32)) count=8 conv=notrunc 2>/dev/null
kdump-loader load --kernel /boot/unsigned --initrd /boot/capture.img && say "taken"
kdump-loader status
"""


def story():
    for kernel in ("trixie", "bookworm"):
        with crashed(kernel=kernel, production="loglevel=6 lockdown=integrity", load=False,
                     guest_files={"etc/crashtest/before-crash": (UNSIGNED, 0o755)}) as run:
            check(run.console(r"Kernel is locked down|lockdown: "), "the kernel is not locked down")
            check(run.console(r"kernel /boot/unsigned is not signed, and the running kernel is locked"),
                  "the copy without a signature is not refused")
            check(not run.console("crashtest: taken"), "the copy without a signature was taken")
            print(verify.folder(run))


main(story)
