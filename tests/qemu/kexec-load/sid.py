#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""7.2 armed by kexec_load, 1 and 4 CPUs, crashed on the first one and another."""

from lib import kexecload
from lib.scenario import main

LONG = True


def story():
    kexecload.whole("sid", cpu=0, smp=1)
    kexecload.whole("sid", cpu=0, smp=4)
    kexecload.whole("sid", cpu=3, smp=4)


main(story)
