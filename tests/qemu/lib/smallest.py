# SPDX-License-Identifier: MIT
"""The smallest crashkernel= with which a kernel still captures."""

import dataclasses
import re

from . import crash

STEP_M, LOW_M, HIGH_M = 4, 40, 192


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


def find(options, say, low=LOW_M, high=HIGH_M):
    """The smallest size in MiB, in steps of 4, above low, which is taken to
    fail; None if not even high captures."""
    ok, why = captures(options, high)
    say(f"  crashkernel={high}M: {why}")
    if not ok:
        return None
    while high - low > STEP_M:
        mid = (low + high) // 2 // STEP_M * STEP_M
        ok, why = captures(options, mid)
        say(f"  crashkernel={mid}M: {why}")
        if ok:
            high = mid
        else:
            low = mid
    return high
