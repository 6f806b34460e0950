#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A kernel from linux-source without CONFIG_KEXEC_FILE: kexec_load is taken by itself, the dump is whole.

It has no /proc/kcore either. -s says why it does not do."""

from lib import kexecload, ownkernel
from lib.scenario import check, crashed, main, verify

LONG = True

REFUSED = """kdump-loader load -s --kernel /boot/vmlinuz --initrd /boot/capture.img --foreign-initrd
say "file call: exit $?"
"""


def story():
    kernel = ownkernel.production("sid", ownkernel.NO_FILE_CALL)
    with crashed(kernel=kernel, smp=2, crash=kexecload.on_cpu(1),
                 guest_files={"etc/crashtest/before-arm": (REFUSED, 0o755)}) as run:
        check(run.console("error: .* has no kexec_file_load .*without -s"), "-s says nothing")
        check(run.console("file call: exit 1"), "-s is no failure")
        check(run.console("armed: kernel .*, by kexec_load"), "not armed by kexec_load")
        print("  ok:", verify.folder(run))
        print("  ok:", verify.dmesg(run))
        print("  ok:", verify.libkdumpfile(run))
        print("  ok:", verify.makedumpfile(run))


main(story)
