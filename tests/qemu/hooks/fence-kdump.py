#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fence_kdump on a cluster's node hears of the capture; nodes that are dead hold up nothing."""

import socket
import subprocess

from lib import guest, tools
from lib.fault import Disk, fault
from lib.scenario import main
from lib.verify import check

CONF = """\
path /crash
ext4 {{uuid0}}
core_collector makedumpfile -l --message-level 7 -d 31
fence_kdump_args -p {port} -f auto -c 0 -i 1 # as the cluster's agents have it
fence_kdump_nodes dead node2 nowhere.invalid
extra_modules {modules}
"""
HOSTS = "10.0.2.2 node2.cluster node2\n10.0.2.77 dead\n"


def free_port():
    """A UDP port of the loopback that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def options(net, port):
    """A machine whose only target is a disk."""
    modules = " ".join([*guest.PRODUCTION_MODULES, *guest.NET_MODULES])
    return {"net": net, "disks": (Disk(),),
            "conf": CONF.format(port=port, modules=modules),
            "root_files": {"etc/hosts": (HOSTS, 0o644)}}


def told():
    """QEMU's user network: the guest's messages come from the loopback."""
    port = free_port()
    node = subprocess.Popen(
        [*tools.receiver_argv(), "-n", "127.0.0.1", "-p", str(port), "-t", "600",
         "-f", "ipv4", "-v"], text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        with fault(**options("user", port)) as run:
            run.survives("complete", r"fence: 10\.0\.2\.2: a message was sent: a crash is captured")
        said, _ = node.communicate(timeout=20)
    finally:
        node.kill()
        node.wait()
    check(node.returncode == 0, f"fence_kdump: exit {node.returncode}: {said.strip()}")
    check("received valid message from '127.0.0.1'" in said, f"fence_kdump: {said.strip()}")


def without_network():
    """A network on which nobody answers: the dump is as good, and not later for it."""
    with fault(**options("hubport,hubid=0", 7410)) as run:
        run.survives("complete", r"kdump-init")
        steps = [s["step"] for s in run.report["steps"]]
        check(steps[0] == "open", f"the first step is {steps[0]}")
        check(run.report["steps"][0]["start"] < 20, "the target was opened late")


main(lambda: (told(), without_network()))
