#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""DHCPv4 of dnsmasq: address, route and name server, by which the NFS server is found."""

from lib.nfs import DNSMASQ, EXPORT, SERVER, capture
from lib.scenario import main

LONG = True

RANGE = f"--dhcp-range=10.9.0.100,10.9.0.110 --host-record=nas.test,{SERVER}"

main(lambda: capture(r"target: nas\.test:/dumps \(10\.9\.0\.1, NFS 4\.2\): mounted", where=f"nas.test:{EXPORT}",
                     net="net auto dhcp", up=DNSMASQ.format(RANGE)))
