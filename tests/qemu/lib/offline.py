# SPDX-License-Identifier: MIT
"""A small Debian 13 whose image is made with the package in it, as builders of images do: dpkg -i in the folder that becomes the
disk, where nothing of the machine can be seen. Its first boot is the machine's first."""

import contextlib
import hashlib
import pathlib
import shutil
import subprocess
import tempfile

from . import debian, debian_guest, fetch, packaged, paths, tools

KIND = debian.Kind("offline", lvm=False)
PACKAGES = (*debian.ALWAYS, "e2fsprogs", "initramfs-tools", "linux-image-cloud-amd64")
SIZE = 2 << 30
# debian.configure unpacks what lies in /debs; notify is what an administrator would say
INSTALL = f"""\
set -e
export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin
dpkg --install --force-unsafe-io /debs/*.deb
{packaged.NOTIFY}
"""


def base():
    """The root folder without the package; made if the cache has none."""
    text = pathlib.Path(debian.__file__).read_text("utf-8") + repr((KIND, PACKAGES))
    folder = paths.cache("debian") / f"{KIND.suite}-{KIND.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    with fetch.Locked(folder):
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            root = folder / "root"
            root.mkdir(parents=True)
            count = debian.unpack(root, KIND.suite, PACKAGES)
            debian.configure(root, debian.CONFIGURE)
            for name, content in {**debian.FILES, "etc/fstab": KIND.fstab}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(content)
            fetch.say(f"debian {KIND.suite} {KIND.name}: {count} packages")
            (folder / "done").touch()
    return folder / "root"


def _image(work):
    """The system with the package in it: its disk, and what QEMU boots it with."""
    root = work / "root"
    subprocess.run(["cp", "-a", "--reflink=auto", base(), root], check=True, timeout=600)
    (root / "debs").mkdir()
    shutil.copy(packaged.package(), root / "debs")
    debian.configure(root, INSTALL)
    image, = (root / "boot").glob("vmlinuz-*")
    release = image.name.partition("-")[2]
    (work / "release").write_text(release)
    shutil.copy(image, work / "vmlinuz")
    shutil.copy(root / f"boot/initrd.img-{release}", work / "initrd.img")
    with open(work / "disk.img", "wb") as f:
        f.truncate(SIZE)
    tools.run("mke2fs", "-q", "-F", "-t", "ext4", "-L", "system", "-d", root, work / "disk.img", timeout=600)
    shutil.rmtree(root)
    return debian.Debian(KIND, work)


@contextlib.contextmanager
def up():
    """A machine that has booted such an image for the first time."""
    with tempfile.TemporaryDirectory(prefix="offline-") as work, \
            debian_guest.guest(system=_image(pathlib.Path(work))) as run, run.booted():
        yield run
