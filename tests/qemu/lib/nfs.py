# SPDX-License-Identifier: MIT
"""Captures to an export of a kernel's nfsd, in a second guest; the host reads its disk afterwards."""

import hashlib
import json

from . import guest
from .disk import blank
from .fault import Disk, fault
from .peer import Peer
from .tools import run as run_tool
from .verify import check

SERVER = "10.9.0.1"
CLIENT = "10.9.0.2"
SERVER6 = "fd00:9::1"
# below the disk's root, which is that of the exports: a root in memory cannot be exported, and version 4 begins there
EXPORT = "/dumps"

UP = """\
dev=$(nic 00:01:01)
{link}
ip addr add {server}/24 dev $dev
ip -6 addr add {server6}/64 dev $dev nodad
ip link set $dev up
mkdir -p /var/lib/nfs/sm /var/lib/nfs/v4recovery /run/rpcbind /var/lib/nfs/rpc_pipefs
touch /var/lib/nfs/etab /var/lib/nfs/rmtab
mount -t ext4 /dev/vda /export
chmod 755 /export
mount -t nfsd nfsd /proc/fs/nfsd
echo 10 >/proc/fs/nfsd/nfsv4leasetime
echo 10 >/proc/fs/nfsd/nfsv4gracetime
serve() {{
	exportfs -r
	rpc.nfsd --no-udp {versions} 2 || echo "peer: rpc.nfsd $?"
	echo Y >/proc/fs/nfsd/v4_end_grace
}}
unserve() {{ rpc.nfsd 0; exportfs -ua; exportfs -f; }}
rpcbind || echo "peer: rpcbind $?"
i=0; while [ ! -e /run/rpcbind.sock ] && [ $i -lt 50 ]; do usleep 100000; i=$((i + 1)); done
rpc.mountd --no-udp || echo "peer: rpc.mountd $?"
serve
{more}
"""
DOWN = "unserve; umount /export || umount -l /export\n"
CONF = """\
path /crash
{net}
nfs {where}
{more}core_collector kdump-dumper -z -d {level}
extra_modules {modules}
"""


NET = f"net auto {CLIENT}/24 gateway {SERVER}"
# a DHCP server and router on the same machine, words of dnsmasq behind it
DNSMASQ = ("dnsmasq --conf-file=/dev/null --user=root --interface=$dev --except-interface=lo --no-resolv --no-hosts "
           "--no-ping --dhcp-authoritative --dhcp-leasefile=/tmp/leases --pid-file=/run/dnsmasq.pid {} "
           "|| echo \"peer: dnsmasq $?\"\n")


def server(folder, versions="", options="rw,no_root_squash,no_subtree_check,sync", size="512M", link="", up="", **more):
    """A Peer that exports EXPORT, which lies on a disk of its own. link: shell lines that set $dev; up: what else it
    does."""
    folder.mkdir(parents=True)
    image, tree = folder / "export.img", folder / "tree"
    (tree / "dumps").mkdir(parents=True)
    blank(image, size)
    run_tool("mke2fs", "-q", "-F", "-t", "ext4", "-d", tree, image)
    files = {"etc/exports": (f"{EXPORT} *({options},fsid=7)\n", 0o644),
             "etc/nfs.conf": ("[exports]\nrootdir=/export\n", 0o644),
             "etc/netconfig": ("udp tpi_clts v inet udp - -\ntcp tpi_cots_ord v inet tcp - -\n"
                               "udp6 tpi_clts v inet6 udp - -\ntcp6 tpi_cots_ord v inet6 tcp - -\n"
                               "local tpi_cots_ord - loopback - - -\n", 0o644),
             "etc/services": ("sunrpc 111/tcp portmapper\nsunrpc 111/udp portmapper\nnfs 2049/tcp\n", 0o644),
             "etc/rpc": ("portmapper 100000\nnfs 100003\nmountd 100005\n", 0o644),
             "etc/protocols": ("tcp 6 TCP\nudp 17 UDP\n", 0o644),
             "etc/peer/down": (DOWN, 0o644)}
    script = UP.format(server=SERVER, server6=SERVER6, versions=versions, link=link, more=up)
    return Peer(folder, script, programs=("rpcbind", "rpc.mountd", "rpc.nfsd", "exportfs", "dnsmasq", "tc"),
                more_modules=("ext4", "nfsd", *more.pop("peer_modules", ())), files=files, image=image, **more)


def options(where=f"{SERVER}:{EXPORT}", net=NET, level=31, conf="", disks=(), **more):
    """fault.Options for a capture to it, behind which disks may stand."""
    serve = {k: more.pop(k) for k in ("versions", "options", "size", "link", "up", "cables", "peer_modules") if k in more}
    modules = " ".join([*guest.PRODUCTION_MODULES, *guest.NET_MODULES])
    cables = serve.get("cables", 1)
    lines = "".join(f"{d.fs} {{uuid{n}}}\n" for n, d in enumerate(disks)) + conf
    return {"net": lambda run: tuple(run.web.netdev(n) for n in range(cables)),
            "web": lambda folder: server(folder, **serve), "disks": disks,
            "conf": CONF.format(where=where, net=net, more=lines, level=level, modules=modules), **more}


def check_sums(run):
    """The files that arrived have the sha256 of kdump.json."""
    _check_sums(run.named("kdump.json"))


def check_sums_below(folder):
    """The same for what lies in a folder; how many dumps."""
    return _check_sums(sorted(folder.rglob("kdump.json")))


def _check_sums(reports):
    for path in reports:
        report = json.loads(path.read_text())
        log, core = report["dmesg"], report["vmcore"]
        wanted = [(log["file"], 0, None, log["sha256"])] if log else []
        if core and core["sha256"]:
            wanted.append((core["file"], 0, None, core["sha256"]))
        for part in (core or {}).get("sha256_parts") or ():
            wanted.append((core["file"], part["offset"], part["bytes"], part["sha256"]))
        check(core and len(wanted) > 1, f"{path.parent.name}: kdump.json has no sum of the vmcore")
        for name, begin, size, sha in wanted:
            data = (path.parent / name).read_bytes()[begin:]
            got = hashlib.sha256(data if size is None else data[:size]).hexdigest()
            check(got == sha, f"{name}: sha256 {got}, kdump.json says {sha}")
    return len(reports)


def capture(said, **how):
    """A capture that must succeed, by a version that the console names."""
    with fault(**options(**how)) as run:
        run.survives("complete", said)
        check(run.named("vmcore"), "no vmcore arrived")
        check_sums(run)
        run.opened()


__all__ = ["CLIENT", "DNSMASQ", "EXPORT", "SERVER", "SERVER6", "Disk", "capture", "check_sums", "check_sums_below", "fault",
           "options", "server"]
