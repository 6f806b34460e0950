#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""IPv6 alone, a static address and a literal one of the server, in brackets."""

from lib.nfs import EXPORT, SERVER6, capture
from lib.scenario import main

LONG = True

main(lambda: capture(r"\(fd00:9::1, NFS 4\.2\): mounted", where=f"[{SERVER6}]:{EXPORT}",
                     net=f"net auto fd00:9::2/64 gateway {SERVER6}"))
