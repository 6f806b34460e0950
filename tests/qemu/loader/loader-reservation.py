#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A reservation that failed, or is too small to load or to capture: the loader names the size."""

from lib import crash
from lib.scenario import check, main

CASES = (
    # crashkernel=, more of the command line, what the loader says
    ("48M", "", r"the reservation of 48 MiB is too small: .* reboot with "
                r"crashkernel=1\d\dM"),
    # it could be loaded; the capture ran out of memory
    ("64M", "", r"the reservation of 64 MiB is too small: the capture would run out of "
                r"memory; .* reboot with crashkernel=1\d\dM"),
    ("8G", "", r"no memory is reserved although crashkernel=8G was asked for"),
)


def refused(size, more, words):
    """The guest is not armed, for this reason."""
    with crash.Crash(crash.Options(crashkernel=size, production=more,
                                   load=False, net=None)) as run:
        try:
            run.go()
        except crash.CrashError as err:
            check(run.machine and run.console(words),
                  f"crashkernel={size}: {err}")
            check("armed" not in run.events, f"crashkernel={size}: armed")
            print(run.console(words)[0].strip())
            return
    check(False, f"crashkernel={size}: the guest was armed and came back")


def story():
    for case in CASES:
        refused(*case)


main(story)
