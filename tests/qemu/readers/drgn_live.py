# SPDX-License-Identifier: MIT
"""Tasks of a machine that did not crash, as drgn sees them: one JSON line."""

import json
import sys

import drgn
from drgn.helpers.linux.pid import for_each_task


def main(vmlinux, core):
    """Print {release, tasks}."""
    prog = drgn.Program()
    prog.set_core_dump(core)
    prog.load_debug_info([vmlinux])
    tasks = {}
    try:
        for t in for_each_task(prog):
            tasks[t.pid.value_()] = t.comm.string_().decode(errors="replace")
    except drgn.FaultError:
        # processes came and went while it was dumped: the tree of their numbers, read over some
        # seconds, has an end that belongs to another moment; the caller counts what there is
        pass
    release = prog["init_uts_ns"].name.release.string_().decode()
    print(json.dumps({"release": release, "tasks": tasks}))


main(*sys.argv[1:])
