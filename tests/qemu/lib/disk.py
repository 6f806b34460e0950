# SPDX-License-Identifier: MIT
"""Disk images: made with a file system, read back from a tar archive."""

import os
import pathlib
import shutil
import subprocess
import tarfile
import uuid

from . import tools

# The features of the oldest kernel tested: newer mkfs.xfs would turn on some
# that 6.1 refuses to mount.
XFS_CONF = "xfsprogs/mkfs/lts_6.1.conf"
SIZES = {"ext4": "1G", "xfs": "1G", "btrfs": "1G", "vfat": "1G",
         "f2fs": "1G"}


def blank(path, size):
    """A sparse image."""
    with open(path, "wb") as f:
        f.truncate(parse_size(size))


def parse_size(text):
    """'512M' -> bytes."""
    units = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    text = str(text)
    if text[-1:].upper() in units:
        return int(text[:-1]) * units[text[-1].upper()]
    return int(text)


def make(path, fs, size=None):
    """An image with a file system; returns its UUID as the kernel sees it."""
    blank(path, size or SIZES[fs])
    ident = str(uuid.uuid4())
    if fs == "ext4":
        tools.run("mke2fs", "-q", "-F", "-t", "ext4", "-U", ident, path)
    elif fs == "xfs":
        conf = tools.data(XFS_CONF)
        opts = ["-c", f"options={conf}"] if os.path.exists(conf) else []
        tools.run("mkfs.xfs", "-q", "-f", *opts, "-m", f"uuid={ident}", path)
    elif fs == "btrfs":
        tools.run("mkfs.btrfs", "-q", "-f", "-U", ident, path)
    elif fs == "f2fs":
        tools.run("mkfs.f2fs", "-q", "-f", "-U", ident, path)
    elif fs == "vfat":
        ident = f"{ident[:4]}-{ident[4:8]}".upper()
        tools.run("mkfs.vfat", "-F", "32", "-i", ident.replace("-", ""), path)
    else:
        raise ValueError(f"disk: {fs}: unknown file system")
    return ident


def sound(image):
    """Replays an ext4's journal; False for a file system that is none any more."""
    done = subprocess.run([*tools.argv("e2fsck"), "-fy", str(image)], check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    return done.returncode in (0, 1)


def extract_tar(image, dest):
    """Regular files of a tar archive written to a raw disk -> below dest.

    Nothing else is created and no member can leave dest."""
    dest = pathlib.Path(dest).resolve()
    with tarfile.open(image, "r:") as tar:
        for member in tar:
            path = (dest / member.name).resolve()
            if not path.is_relative_to(dest):
                continue
            if member.isdir():
                path.mkdir(parents=True, exist_ok=True)
            elif member.isreg():
                path.parent.mkdir(parents=True, exist_ok=True)
                with open(path, "wb") as out:
                    shutil.copyfileobj(tar.extractfile(member), out, 1 << 20)
                os.chmod(path, member.mode & 0o777 | 0o400)
                os.utime(path, (member.mtime, member.mtime))
