#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""IPv6 alone: an address that DHCPv6 leases."""

from lib.nfs import DNSMASQ, EXPORT, SERVER6, capture
from lib.scenario import main

LONG = True

RANGE = (f"--enable-ra --ra-param=$dev,high,2 --dhcp-range=fd00:9::100,fd00:9::10f,64 --host-record=nas.test,{SERVER6} "
         f"--dhcp-option=option6:dns-server,[{SERVER6}]")

main(lambda: capture(r"net: eth0: up, fd00:9::10.?/128", where=f"nas.test:{EXPORT}", net="net auto dhcp6",
                     up="echo 1 >/proc/sys/net/ipv6/conf/all/forwarding\n" + DNSMASQ.format(RANGE)))
