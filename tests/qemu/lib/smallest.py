# SPDX-License-Identifier: MIT
"""The smallest crashkernel= with which a kernel still captures."""

import dataclasses
import re

from . import crash

# in steps of STEP_M, above LOW_M, which is taken to fail; a kernel of our own needs less
STEP_M, LOW_M, HIGH_M = 4, 40, 256
OWN_STEP_M, OWN_LOW_M, OWN_HIGH_M = 2, 8, 96


class _Decided(Exception):
    """The run need not go on: it is known how it ends."""


def _watch(run, _at, text):
    if "report" in run.events or "again" in run.events:
        raise _Decided
    if "capture panicked" in run.events or "crashtest: FAILED" in text:
        raise _Decided


def captures(options, size_m):
    """Does a capture with crashkernel=SIZE_M succeed? (yes or no, why)"""
    o = dataclasses.replace(options, crashkernel=f"{size_m}M", on_line=_watch,
                            keep=None, load=False)
    with crash.Crash(o) as run:
        try:
            run.go()
        except _Decided:
            pass
        except crash.CrashError as err:
            return False, str(err).split("\n", 1)[0]
        if "report" in run.events and "vmcore" in run.events:
            return True, "captured"
        hints = run.console(r"Out of memory|Kernel panic|FAILED|kdump-loader: ")
        return False, _hint(hints) or run.machine.last()


def _hint(lines):
    """The most telling line: not the panic that was wanted."""
    lines = [l for l in lines if "sysrq triggered" not in l]
    return re.sub(r"^\[ *[\d.]+\] ", "", lines[-1]) if lines else ""


def find(options, say, low=None, high=None):
    """The smallest size in MiB above low; None if not even high captures."""
    step, least, most = (OWN_STEP_M, OWN_LOW_M, OWN_HIGH_M) \
        if options.crash_kernel else (STEP_M, LOW_M, HIGH_M)
    low, high = low or least, high or most
    ok, why = captures(options, high)
    say(f"  crashkernel={high}M: {why}")
    if not ok:
        return None
    while high - low > step:
        mid = (low + high) // 2 // step * step
        ok, why = captures(options, mid)
        say(f"  crashkernel={mid}M: {why}")
        if ok:
            high = mid
        else:
            low = mid
    return high
