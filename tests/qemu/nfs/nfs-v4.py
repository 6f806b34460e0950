#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""NFS 4.2 to the nfsd of another machine: the dump is whole there, and opens."""

from lib.nfs import capture
from lib.scenario import main

LONG = True

main(lambda: capture(r"target: 10\.9\.0\.1:/dumps \(10\.9\.0\.1, NFS 4\.2\): mounted"))
