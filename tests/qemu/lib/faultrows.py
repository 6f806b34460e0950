# SPDX-License-Identifier: MIT
"""Tables of faults: a row each, with a name; $FAULT_ROWS ("dhcp,server goes,62") picks those whose name has one of these
words, or this number in front."""

import os
import subprocess

from .verify import CheckError, check


def _wanted(name):
    words = [w.strip().lower() for w in os.environ.get("FAULT_ROWS", "").split(",") if w.strip()]
    return not words or any(name.split()[0] == w if w.isdigit() else w in name.lower() for w in words)


def run_rows(rows, one):
    """one(row) for each that is wanted; all are run, and all failures told."""
    failed = []
    for row in [r for r in rows if _wanted(r.name)]:
        try:
            one(row)
            print(f"  ok: {row.name}", flush=True)
        except (CheckError, subprocess.SubprocessError) as err:
            failed.append(f"{row.name}: {err}")
            print(f"  FAILED: {failed[-1]}", flush=True)
    check(not failed, f"{len(failed)} faults: {'; '.join(failed)[:2000]}")
