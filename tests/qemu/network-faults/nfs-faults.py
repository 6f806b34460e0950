#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each fault of a network and its NFS server (lib/netfaults.py): the right target, the reason, the budget."""

from lib.netfaults import one, wanted
from lib.scenario import CheckError, main

LONG = True


def story():
    bad = []
    for row in wanted():
        try:
            one(row)
        except CheckError as err:
            print(f"  FAILED: {row.name}: {err}", flush=True)
            bad.append(row.name)
    if bad:
        raise CheckError(f"{len(bad)} of {len(wanted())}: {', '.join(bad)}")


main(story)
