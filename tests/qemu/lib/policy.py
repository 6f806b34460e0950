# SPDX-License-Identifier: MIT
"""What kdump-init took back of a kernel that panics on everything."""

from .verify import check


def check_taken_back(run, hung, at_least):
    """A task hung for longer than the kernel bears, which was no panic; the
    settings are in kdump.json, changed, and named on the console."""
    check(run.console(rf"INFO: task .* blocked .*more than {hung}"),
          f"no task hung for {hung} s: nothing was tested")
    check(run.console(r"NMI received for unknown reason"), "no NMI came")
    check(not run.console(r"Kernel panic - not syncing: (?!sysrq)"), "the capture kernel panicked")
    told = {p["setting"]: p for p in run.report["capture"]["policy"]}
    missing = [name for name in at_least if name not in told]
    check(not missing, f"not in kdump.json: {missing}; there: {sorted(told)}")
    same = [p for p in told.values() if p["found"] == p["now"]]
    check(not same, f"not changed: {same}")
    said = " ".join(run.console(r"kdump-init: .*policy: "))
    silent = [name for name in at_least if name not in said]
    check(not silent, f"not on the console: {silent}")
    print("  taken back:", ", ".join(f"{n} {p['found']}" for n, p in told.items()), flush=True)
