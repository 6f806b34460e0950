#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""NFS 3, whose portmapper and MOUNT the kernel asks: the dump is whole there, and opens."""

from lib.nfs import EXPORT, SERVER, capture
from lib.scenario import main

LONG = True

main(lambda: capture(r"NFS 3\): mounted", where=f"{SERVER}:{EXPORT} vers=3,proto=tcp,nolock,sec=sys"))
