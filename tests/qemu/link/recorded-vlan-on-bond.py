#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A VLAN on a bond of two ports, as kdump-mkinitrd finds it on the machine: `nfs SERVER:/PATH` is all that is written."""

import contextlib
import pathlib
import tempfile

from lib import fetch
from lib.nfs import EXPORT, SERVER, check_sums_below, server
from lib.peer import PACKAGES
from lib.scenario import check, crashed, expect, main
from lib.stacked import programs

LONG = True
# a switch: another bond would have an active port of its own, at the end of the other cable perhaps
THERE = ("ip link add br0 type bridge\nfor n in 01 02; do d=$(nic 00:01:$n); ip link set $d master br0 up; done\n"
         "ip link set br0 up\nip link add link br0 name v7 type vlan id 7\ndev=v7\n")
HERE = """\
export LD_LIBRARY_PATH=/lib/x86_64-linux-gnu
/sbin/ip link add team0 type bond mode active-backup miimon 100
for d in eth0 eth1; do /sbin/ip link set $d down; /sbin/ip link set $d master team0; done
/sbin/ip link set team0 up mtu 1500
/sbin/ip link add link team0 name team0.7 type vlan id 7
/sbin/ip link set team0.7 up
/sbin/ip addr add 10.9.0.2/24 dev team0.7
ip addr; ip route
kdump-mkinitrd --list | grep -E "^net:|bonding|8021q"
"""


def story():
    with tempfile.TemporaryDirectory(prefix="peer-") as folder, contextlib.ExitStack() as stack:
        peer = server(pathlib.Path(folder, "peer"), link=THERE, cables=2, peer_modules=("bridge", "8021q"))
        stack.callback(peer.stop)
        files = programs("ip", root=fetch.closed("peer", "trixie", *PACKAGES))
        files["etc/crashtest/before-arm"] = (HERE, 0o755)
        second = ["-netdev", peer.netdev(1) + ",id=net1", "-device",
                  "virtio-net-pci,netdev=net1,id=nic1,romfile=,mac=52:54:00:12:34:57"]
        with crashed(targets=(), conf=f"path /crash\nnfs {SERVER}:{EXPORT}\n", mkinitrd="guest", net=peer.netdev(0),
                     more_args=lambda run: second, load=False, guest_files=files, mem="1G", crashkernel="112M",
                     production_modules=("virtio_net", "bonding", "8021q", "nfs", "nfsv4", "nfsv3", "af_packet")) as run:
            expect(run, r"net: team0\.7: up, 10\.9\.0\.2/24", "the link")
            expect(run, r"vmcore: saved", "the dump")
        peer.stop()
        check(check_sums_below(peer.www), "no dump arrived")


main(story)
