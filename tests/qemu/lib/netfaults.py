# SPDX-License-Identifier: MIT
"""What goes wrong between a machine and its NFS server, a row each: the disk behind it gets the dump, or the server after
all, with the reason on the console and in kdump.json, within the budget, and no final name on half a file."""

import dataclasses
import time

from .fault import Disk
from .nfs import DNSMASQ, EXPORT, NET, SERVER, SERVER6, fault, options
from .verify import check

LIMITS = "target_timeout 12\nstep_timeout 40\nstall_timeout 30\ntarget_deadline 200\n"
RANGE = "--dhcp-range=10.9.0.100,10.9.0.110 "
AT_THE_LOG = r"dmesg\.txt: saved"


@dataclasses.dataclass
class Row:
    """One fault; how are fault.Options or nfs.options."""
    name: str
    reason: str                 # of a line of the console or of a step in kdump.json
    how: dict
    arrives: bool = False       # the server gets the dump all the same
    states: tuple = ("complete",)
    seconds: int = 260          # from the capture kernel's boot to the reset at most


def off(run):
    """The cable is pulled before anything begins."""
    run.qmp("set_link", name="nic0", up=False)


def peer(*lines):
    """At the log: the other machine does this."""
    return ((AT_THE_LOG, lambda run: [run.web.tell(line) for line in lines]),)


def peer_later(seconds, *lines):
    """The first line at the log, the others so many seconds later."""
    def begin(run):
        run.web.tell(lines[0])
        run.later(seconds, lambda _: [run.web.tell(line) for line in lines[1:]])
    return ((AT_THE_LOG, begin),)


NETEM = "tc qdisc add dev $dev root netem delay 100ms loss 5%"
ROWS = (
    Row("no carrier", r"net: eth0: no carrier within",
        {"on": ((r"Linux version", off),)}),
    Row("the interface is not there", r"net: 52:54:00:99:99:99: no such interface within 1\d s \(there is: eth0",
        {"net": "net 52:54:00:99:99:99 10.9.0.2/24"}),
    Row("DHCP is silent", r"net: eth0: no DHCP lease \(\d+ requests sent; 0 offers",
        {"net": "net auto dhcp"}),
    Row("DHCPv6 is silent", r"net: eth0: no DHCPv6 lease \(\d+ requests sent; 0 offers",
        {"net": "net auto dhcp6", "where": f"[{SERVER6}]:{EXPORT}"}),
    Row("no router announces anything", r"net: eth0: no router announces an IPv6 address",
        {"net": "net auto slaac", "where": f"[{SERVER6}]:{EXPORT}"}),
    Row("the gateway is wrong", r"10\.77\.0\.1, port 2049: (No route to host|Host is unreachable|.*timed out)",
        {"net": "net auto 10.9.0.2/24 gateway 10.9.0.99", "where": f"10.77.0.1:{EXPORT}"}),
    Row("no way leads to the server", r"10\.77\.0\.1, port 2049: Network (is )?unreachable",
        {"net": "net auto 10.9.0.2/24", "where": f"10.77.0.1:{EXPORT}"}),
    Row("the name server is dead", r"nas\.test: no name server answers",
        {"net": NET + " dns 10.9.0.88", "where": f"nas.test:{EXPORT}"}),
    Row("no such host", r"nas\.test: no such host",
        {"net": "net auto dhcp", "where": f"nas.test:{EXPORT}", "up": DNSMASQ.format(RANGE + "--local=/test/")}),
    Row("nobody has the server's address", r"10\.9\.0\.77, port 2049: (No route to host|Host is unreachable|.*timed out)",
        {"where": f"10.9.0.77:{EXPORT}"}),
    Row("the server takes no connections", r"10\.9\.0\.1, port \d+: Connection refused",
        {"up": "unserve; killall rpcbind; sleep 1\n"}),
    Row("the server comes up later", r"NFS 4\.2\): mounted",
        {"up": "unserve; killall rpcbind\n", "conf": LIMITS.replace("target_timeout 12", "target_timeout 60"),
         "on": ((r"Linux version", lambda run: run.later(25, lambda _: run.web.tell("rpcbind; serve"))),)},
        arrives=True),
    Row("no such export", r"mount: the server (does not let this host have it, or )?has no such export",
        {"where": f"{SERVER}:/nowhere"}),
    Row("exported to another host", r"mount: the server does not let this host have it|mount: the server has no such export",
        {"up": f"exportfs -ua; exportfs -o rw,fsid=7 10.9.0.55:{EXPORT}; exportfs -f\n"}),
    Row("exported for reading", r"[Rr]ead-only",
        {"options": "ro,no_root_squash,no_subtree_check,sync"}),
    Row("root becomes nobody", r"Permission denied|Operation not permitted",
        {"options": "rw,root_squash,no_subtree_check,sync"}),
    Row("a version that the server does not have", r"mount: the server or this kernel has no such version of NFS",
        {"where": f"{SERVER}:{EXPORT} vers=4.2", "versions": "-N 4"}),
    Row("version 3 without a portmapper", r"10\.9\.0\.1, port 111: Connection refused",
        {"where": f"{SERVER}:{EXPORT} vers=3", "up": "killall rpcbind; sleep 1\n"}),
    Row("version 3 without mountd",
        r"mount: the server's portmapper knows no mount service|mount: the server (does not answer|takes no connections|or this)",
        {"where": f"{SERVER}:{EXPORT} vers=3", "up": "killall rpc.mountd; sleep 1\n"}),
    Row("the server's disk is full", r"[Nn]o space",
        {"size": "12M", "level": 0}, states=("complete", "partial")),
    Row("the server goes away for ever", r"Input/output error|the server|timed out|stalled|moved",
        {"level": 0, "on": peer("ip link set $dev down")}),
    Row("the server goes away, and comes back", r"vmcore: saved",
        {"level": 0, "on": peer_later(12, "ip link set $dev down", "ip link set $dev up"),
         "conf": LIMITS.replace("stall_timeout 30", "stall_timeout 90")}, arrives=True),
    Row("nfsd is restarted in the middle", r"vmcore: saved",
        {"level": 0, "on": peer_later(5, "unserve", "serve"),
         "conf": LIMITS.replace("stall_timeout 30", "stall_timeout 90")}, arrives=True),
    Row("the link goes in the middle", r"Input/output error|timed out|stalled|moved|Network",
        {"level": 0, "on": ((AT_THE_LOG, off),)}),
    Row("the export goes in the middle", r"[Ss]tale|Input/output error|Permission|not permitted",
        {"level": 0, "on": peer("exportfs -ua; exportfs -f")}, states=("complete",)),
    Row("5 % loss and 200 ms of delay", r"vmcore: saved",
        {"up": f"{NETEM} || echo peer: netem $?\n", "peer_modules": ("sch_netem",),
         "conf": LIMITS.replace("stall_timeout 30", "stall_timeout 90")}, arrives=True, seconds=600),
    Row("a VLAN that the switch does not know", r"10\.9\.0\.1, port 2049: (No route to host|Host is unreachable|.*timed out)",
        {"net": "link eth0.9 vlan 52:54:00:12:34:50 9\nnet eth0.9 10.9.0.2/24"}),
    Row("a bond without a port", r"net: bond0: there is no port 52:54:00:99:99:99",
        {"net": "link bond0 bond 52:54:00:99:99:99 mode=active-backup\nnet bond0 10.9.0.2/24"}),
)


def one(row):
    """A row's capture and its promises."""
    how = {"disks": (Disk(),), **row.how}
    how["conf"] = how.get("conf", LIMITS)
    begin = time.monotonic()
    with fault(**options(**how)) as run:
        run.survives(row.states, row.reason)
        booted = next((at for at, text in run.machine.lines if "Linux version" in text), 0)
        took = run.machine.lines[-1][0] - booted
        check(took < row.seconds, f"the capture took {took:.0f} s of {row.seconds}")
        on_server = [p for p in run.web.www.rglob("vmcore") if p.is_file()]
        check(bool(on_server) == row.arrives, f"vmcore on the server: {on_server}")
        if not row.arrives:
            first = run.report["targets"][0]
            check(first["outcome"] == "failed" and first["why"], f"kdump.json says of it: {first}")
            print(f"      {first['failed_step']}: {first['why']}", flush=True)
    print(f"      {took:.0f} s of capture, {time.monotonic() - begin:.0f} s in all", flush=True)
