# SPDX-License-Identifier: MIT
"""A whole Debian 13 on a disk: systemd, the standard kernel, an initramfs by
initramfs-tools, /boot on ext4 and the root on LVM in a GPT partition; a root
shell on the second serial port.

Made from Debian's packages as debootstrap makes it: unpacked, then configured
by their own scripts in a chroot, which takes root. The disk itself is written
without loop devices or device-mapper. It is kept in the cache, by what it is
made from; a run works on a copy of it."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import time
import uuid

from . import apt, fetch, gpt, lvm, paths, tools

SUITE = "trixie"
PACKAGES = ("?essential", "systemd-sysv", "udev", "dbus", "login", "passwd", "procps",
            "e2fsprogs", "lvm2", "initramfs-tools", "linux-image-amd64", "make")
HOST, GROUP, VOLUME = "debian", "system", "root"
ROOT_DEV = f"/dev/{GROUP}/{VOLUME}"
BOOT_BYTES, ROOT_BYTES = 512 << 20, 4 << 30

FILES = {
    "etc/fstab": f"{ROOT_DEV} / ext4 errors=remount-ro 0 1\n"
                 "LABEL=boot /boot ext4 defaults 0 2\n",
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


class Debian:
    """An installed Debian: its disk, and what QEMU boots it with."""

    def __init__(self, folder):
        self.disk = folder / "disk.img"
        self.vmlinuz, self.initrd = folder / "vmlinuz", folder / "initrd.img"
        self.release = (folder / "release").read_text().strip()

    def copy(self, path):
        """A disk of one's own, sparse as the cached one."""
        subprocess.run(["cp", "--sparse=always", "--reflink=auto", self.disk, path],
                       check=True, timeout=600)
        return path


def _key():
    """Of all that the disk is made from but the packages' versions."""
    text = "".join(pathlib.Path(p).read_text("utf-8")
                   for p in (__file__, lvm.__file__, gpt.__file__))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def installed():
    """The Debian of the cache; made if it is not there."""
    folder = paths.cache("debian") / f"{SUITE}-{_key()}"
    with fetch.Locked(folder):
        if not (folder / "done").exists():
            _make(folder)
    return Debian(folder)


def _make(folder):
    if os.geteuid():
        raise tools.ToolError("debian: the packages' scripts run in a chroot: root is needed")
    begin = time.time()
    root = folder / "root"
    shutil.rmtree(folder, ignore_errors=True)
    root.mkdir(parents=True)
    count = _unpack(root)
    got = time.time() - begin
    _configure(root)
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    _take_kernel(root, folder)
    _write_disk(root, folder / "disk.img")
    shutil.rmtree(root)
    (folder / "done").touch()
    fetch.say(f"debian {SUITE}: {count} packages, download and unpack {got:.1f} s, "
              f"configure and write {time.time() - begin - got:.1f} s")


def _unpack(root):
    """Fetch all packages into the root, unpack the essential ones."""
    fetch.merged_usr(root)
    for name in ("essential", "others"):
        (root / "debs" / name).mkdir(parents=True)
    with apt.Suite(SUITE) as suite:
        needed = suite.closure("?essential")
        debs = suite.download_closure(*PACKAGES)
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


def _configure(root):
    for name, number in (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)):
        if not (root / "dev" / name).exists():
            os.mknod(root / "dev" / name, 0o20666, os.makedev(1, number))
    # by the host's mount; it ends with the namespace
    enter = 'mount -t proc proc "$0/proc" && exec chroot "$0" /bin/sh -c "$1"'
    done = subprocess.run(["unshare", "--mount", "sh", "-c", enter, root, CONFIGURE],
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


def _write_disk(root, path):
    """/boot and the logical volume, each behind its place in the table."""
    boot, system = path.with_suffix(".boot"), path.with_suffix(".root")
    _file_system(root / "boot", boot, BOOT_BYTES, "boot")
    shutil.rmtree(root / "boot")
    (root / "boot").mkdir()
    _file_system(root, system, ROOT_BYTES, "system")
    pv_at, pv_bytes = gpt.ALIGN + BOOT_BYTES, lvm.needed(ROOT_BYTES)
    total = (pv_at + pv_bytes + gpt.ALIGN) // gpt.SECTOR
    sectors = [(at // gpt.SECTOR, (at + size) // gpt.SECTOR - 1)
               for at, size in ((gpt.ALIGN, BOOT_BYTES), (pv_at, pv_bytes))]
    with open(path, "wb") as disk:
        disk.truncate(total * gpt.SECTOR)
        gpt.write(disk.fileno(), total,
                  [(*sectors[0], uuid.uuid4(), "boot", gpt.LINUX),
                   (*sectors[1], uuid.uuid4(), "lvm", gpt.LVM)])
        at = lvm.write(disk.fileno(), pv_at, pv_bytes, GROUP, VOLUME)
        for image, where in ((boot, gpt.ALIGN), (system, at)):
            with open(image, "rb") as src:
                gpt.copy_sparse(src.fileno(), disk.fileno(), where)
            image.unlink()
