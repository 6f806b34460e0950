#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""IPv6 alone: address, route and name server as a router announces them."""

from lib.nfs import DNSMASQ, EXPORT, SERVER6, capture
from lib.scenario import main

LONG = True

RANGE = (f"--enable-ra --ra-param=$dev,high,2 --dhcp-range=fd00:9::,ra-only,64 --host-record=nas.test,{SERVER6} "
         f"--dhcp-option=option6:dns-server,[{SERVER6}]")

main(lambda: capture(r"target: nas\.test:/dumps \(fd00:9::1, NFS 4\.2\): mounted", where=f"nas.test:{EXPORT}",
                     net="net auto slaac", up="echo 1 >/proc/sys/net/ipv6/conf/all/forwarding\n" + DNSMASQ.format(RANGE)))
