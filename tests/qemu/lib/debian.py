# SPDX-License-Identifier: MIT
"""A whole Debian on a disk: systemd, the standard kernel, an initramfs by
initramfs-tools; a root shell on the second serial port. STANDARD is Debian 13
with /boot on ext4 and the root on LVM in a GPT partition, and has no boot
loader; lib/grub.py has kinds with one.

Made from Debian's packages as debootstrap makes it: unpacked, then configured
by their own scripts in a chroot, which takes root. The disk itself is written
without loop devices or device-mapper. It is kept in the cache, by what it is
made from; a run works on a copy of it."""

import dataclasses
import hashlib
import os
import pathlib
import shutil
import subprocess
import time
import uuid

from . import apt, fetch, gpt, lvm, paths, tools

SUITE = "trixie"
# what each installation has, though in sid nothing needs it
ALWAYS = ("?essential", "bsdutils", "mount", "tzdata", "systemd-sysv", "udev", "dbus", "login", "passwd")
PACKAGES = (*ALWAYS, "procps", "e2fsprogs", "lvm2", "initramfs-tools", "linux-image-amd64", "make")
HOST, GROUP, VOLUME = "debian", "system", "root"
ROOT_DEV = f"/dev/{GROUP}/{VOLUME}"
BOOT_BYTES, ROOT_BYTES = 512 << 20, 4 << 30

FILES = {
    "etc/hostname": f"{HOST}\n",
    "etc/hosts": f"127.0.0.1 localhost {HOST}\n",
    "etc/default/locale": "LANG=C.UTF-8\n",
    # a machine that is emulated on a busy host is slow
    "etc/systemd/system.conf.d/slow.conf":
        "[Manager]\nDefaultDeviceTimeoutSec=1800\nDefaultTimeoutStartSec=1800\n"
        "DefaultTimeoutStopSec=1800\n",
    # what somebody at a terminal would do, a scenario does
    "etc/systemd/system/serial-getty@ttyS1.service.d/root.conf":
        "[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root "
        "--noclear --keep-baud 115200 %I dumb\n",
}
# the essential packages come first: the scripts of all others call their programs
CONFIGURE = """\
set -e
export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true LC_ALL=C
export PATH=/usr/sbin:/usr/bin
dpkg --install --force-unsafe-io --force-depends --no-triggers /debs/essential/*.deb
dpkg --install --force-unsafe-io --force-depends /debs/*/*.deb
dpkg --configure --pending
dpkg --audit
systemctl enable serial-getty@ttyS1.service
passwd -d root
"""


@dataclasses.dataclass(frozen=True)
class Kind:
    """What one is made of beside what all are."""
    name: str
    suite: str = SUITE
    lvm: bool = True            # or the root, with /boot in it, is a partition
    packages: tuple = ()
    files: tuple = ()           # of (path, text)
    first: tuple = ()           # a partition in front: (name, type UUID, bytes)

    @property
    def root(self):
        """The root file system, on a kernel's command line."""
        return ROOT_DEV if self.lvm else "LABEL=system"

    @property
    def fstab(self):
        """The text of /etc/fstab."""
        boot = "LABEL=boot /boot ext4 defaults 0 2\n" if self.lvm else ""
        return f"{self.root} / ext4 errors=remount-ro 0 1\n{boot}"


STANDARD = Kind("lvm")


class Debian:
    """An installed Debian: its disk, and what QEMU boots it with."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.disk = folder / "disk.img"
        self.vmlinuz, self.initrd = folder / "vmlinuz", folder / "initrd.img"
        self.release = (folder / "release").read_text().strip()

    def copy(self, path):
        """A disk of one's own, sparse as the cached one."""
        subprocess.run(["cp", "--sparse=always", "--reflink=auto", self.disk, path],
                       check=True, timeout=600)
        return path


def _key(kind):
    """Of all that the disk is made from but the packages' versions."""
    text = "".join(pathlib.Path(p).read_text("utf-8")
                   for p in (__file__, lvm.__file__, gpt.__file__)) + repr(kind)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def installed(kind=STANDARD, finish=None):
    """The Debian of the cache; made if it is not there. finish(debian) is
    called once, when it has been made, and may boot its disk."""
    folder = paths.cache("debian") / f"{kind.suite}-{kind.name}-{_key(kind)}"
    with fetch.Locked(folder):
        if not (folder / "done").exists():
            _make(kind, folder)
            if finish:
                finish(Debian(kind, folder))
            (folder / "done").touch()
    return Debian(kind, folder)


def _make(kind, folder):
    if os.geteuid():
        raise tools.ToolError("debian: the packages' scripts run in a chroot: root is needed")
    begin = time.time()
    root = folder / "root"
    shutil.rmtree(folder, ignore_errors=True)
    root.mkdir(parents=True)
    count = unpack(root, kind.suite, PACKAGES + kind.packages)
    got = time.time() - begin
    configure(root, CONFIGURE)
    for name, text in {"etc/fstab": kind.fstab, **FILES, **dict(kind.files)}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    _take_kernel(root, folder)
    _write_disk(kind, root, folder / "disk.img")
    shutil.rmtree(root)
    fetch.say(f"debian {kind.suite} {kind.name}: {count} packages, download and unpack {got:.1f} s, "
              f"configure and write {time.time() - begin - got:.1f} s")


def unpack(root, suite_name, packages):
    """Fetch packages and all that they need into the root, unpack the
    essential ones; returns how many there are."""
    fetch.merged_usr(root)
    for name in ("essential", "others"):
        (root / "debs" / name).mkdir(parents=True)
    with apt.Suite(suite_name) as suite:
        needed = suite.closure("?essential")
        debs = suite.download_closure(*packages)
        for deb in debs:
            kind = "essential" if deb.name.partition("_")[0] in needed else "others"
            shutil.move(deb, root / "debs" / kind / deb.name)
    for deb in (root / "debs/essential").iterdir():
        apt.unpack(deb, root)
    dpkg = root / "var/lib/dpkg"
    for name in ("info", "updates", "triggers", "alternatives", "parts"):
        (dpkg / name).mkdir(parents=True, exist_ok=True)
    for name in ("status", "available"):
        (dpkg / name).touch()
    return len(debs)


def configure(root, script):
    """Run a script in the root, whose /debs has the packages; they go."""
    for name, number in (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)):
        if not (root / "dev" / name).exists():
            os.mknod(root / "dev" / name, 0o20666, os.makedev(1, number))
    # by the host's mount, which ends with the namespace, and without its TMPDIR
    enter = 'mount -t proc proc "$0/proc" && exec env -i PATH="$PATH" chroot "$0" /bin/sh -c "$1"'
    done = subprocess.run(["unshare", "--mount", "sh", "-c", enter, root, script],
                          text=True, check=False, errors="replace", timeout=1200,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    shutil.rmtree(root / "debs")
    if done.returncode:
        raise tools.ToolError(f"debian: exit {done.returncode}: {done.stdout.strip()[-3000:]}")


def _take_kernel(root, folder):
    image, = (root / "boot").glob("vmlinuz-*")
    release = image.name.partition("-")[2]
    shutil.copy(image, folder / "vmlinuz")
    shutil.copy(root / f"boot/initrd.img-{release}", folder / "initrd.img")
    (folder / "release").write_text(f"{release}\n")


def _file_system(tree, image, size, label):
    """The image of an ext4 that holds a tree."""
    with open(image, "wb") as f:
        f.truncate(size)
    tools.run("mke2fs", "-q", "-F", "-t", "ext4", "-L", label, "-d", tree, image,
              timeout=600)


def _write_disk(kind, root, path):
    """The partitions behind their places in the table, which their images go to."""
    parts = [(*kind.first, None)] if kind.first else []
    system = path.with_suffix(".root")
    if kind.lvm:
        boot = path.with_suffix(".boot")
        _file_system(root / "boot", boot, BOOT_BYTES, "boot")
        shutil.rmtree(root / "boot")
        (root / "boot").mkdir()
        parts.append(("boot", gpt.LINUX, BOOT_BYTES, boot))
        parts.append(("lvm", gpt.LVM, lvm.needed(ROOT_BYTES), system))
    else:
        parts.append(("system", gpt.LINUX, ROOT_BYTES, system))
    _file_system(root, system, ROOT_BYTES, "system")
    total = (2 * gpt.ALIGN + sum(size for _, _, size, _ in parts)) // gpt.SECTOR
    with open(path, "wb") as disk:
        disk.truncate(total * gpt.SECTOR)
        at, rows = gpt.ALIGN, []
        for name, ident, size, image in parts:
            rows.append((at // gpt.SECTOR, (at + size) // gpt.SECTOR - 1, uuid.uuid4(), name, ident))
            if image:
                where = lvm.write(disk.fileno(), at, size, GROUP, VOLUME) if ident == gpt.LVM else at
                with open(image, "rb") as src:
                    gpt.copy_sparse(src.fileno(), disk.fileno(), where)
                image.unlink()
            at += size
        gpt.write(disk.fileno(), total, rows)
