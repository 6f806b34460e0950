#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12 without kexec_file_load: kexec_load is taken; crashed on the third of four CPUs, every reader opens the dump.

-s says why it does not do."""

from lib import kexecload
from lib.scenario import check, main


def story():
    run = kexecload.whole("trixie", cpu=2, smp=4, loader="", guest_files=kexecload.no_file_call())
    check(run.console(r"error: .* has no kexec_file_load .*without -s"), "-s says nothing")
    check(run.console(r"file call: exit 1"), "-s is no failure")


main(story)
