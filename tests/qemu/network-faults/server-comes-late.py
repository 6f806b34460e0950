#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server boots while the capture waits for it: it gets the dump."""

from lib import server
from lib.fault import Disk, fault
from lib.scenario import check, main

LONG = True


def story():
    webs = []

    def later(folder):
        webs.append(server.Nginx(folder, later=True))
        return webs[0]

    with fault(net="user", web=later, disks=(Disk(),), extra_conf="target_timeout 120\n",
               on=((r"open: .* s so far", lambda run: webs[0].start()),)) as run:
        run.survives("complete", r"vmcore\.flat: ?saved|vmcore: saved")
        check(run.report["targets"][0]["outcome"] == "saved", f"kdump.json: {run.report['targets']}")


main(story)
