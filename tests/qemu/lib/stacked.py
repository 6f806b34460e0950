# SPDX-License-Identifier: MIT
"""Targets that stand on other devices: the production guest gets lvm, mdadm
and cryptsetup with their libraries, sets everything up itself on blank disks,
and packs its own image from what it finds there."""

import pathlib
import re
import subprocess

from . import disk, fetch
from .scenario import check, crashed, debug_symbols, expect, verify

LVM = ("lvm() { command lvm \"$@\" --config 'devices{use_devicesfile=0 "
       "obtain_device_list_from_udev=0} activation{udev_sync=0 udev_rules=0 "
       "monitoring=0 checks=0} global{event_activation=0 "
       "thin_check_executable=\"\"}' 2>&1 | grep -v WARNING; }\n")
RUN = ("run() { \"$@\" </dev/null >/tmp/said 2>&1 || "
       "{ cat /tmp/said; fail \"$*\"; }; }\n"
       "wait_for() { i=0; while [ -z \"$(disk \"$1\")\" ] && [ $i -lt 50 ]; do "
       "usleep 100000; i=$((i + 1)); done; }\n")
KEY = "etc/dump.key"
DM = ("dm_mod",)
CRYPT = DM + ("dm_crypt", "xts", "ecb", "aes_generic", "aesni_intel", "essiv",
              "algif_skcipher")
THIN = DM + ("dm_thin_pool", "crc32c_intel")
RAID = ("md_mod", "raid1")


def programs(*names, root=None):
    """{name: (data, mode)}: programs of a folder (the readers') with what they
    load, for the guest."""
    root = root or fetch.tools()
    loader = root / "usr/lib64/ld-linux-x86-64.so.2"
    libs = root / "usr/lib/x86_64-linux-gnu"
    files = {"lib64/ld-linux-x86-64.so.2": (loader.read_bytes(), 0o755)}
    for name in names:
        path = next(root / d / name for d in ("usr/sbin", "usr/bin")
                    if (root / d / name).exists())
        said = subprocess.run([loader, "--library-path", libs, "--list", path],
                              text=True, check=True, timeout=30,
                              stdout=subprocess.PIPE).stdout
        for lib in re.findall(r"=> (\S+\.so\S*) ", said):
            lib = pathlib.Path(lib)
            files[f"lib/x86_64-linux-gnu/{lib.name}"] = (lib.read_bytes(), 0o755)
        files[f"sbin/{name}"] = (path.read_bytes(), 0o755)
    return files


def options(make, again, where, modules, needs, conf="", disks=("a", "b")):
    """crash.Options for a target `where` that the shell lines in `make` set
    up; those in `again` bring it back in the boot after the crash. Both may
    use run, lvm and disk. needs: programs."""
    begin = "export MDADM_NO_UDEV=1\n" + RUN + LVM + "".join(f"wait_for {d}\n" for d in disks)
    hooks = {"before-arm": f"{begin}{make}\nTARGET_DEV={where}\n"
                           f"run /sbin/mke2fs -q -F -t ext4 {where}\n",
             "before-mount": f"{begin}{again}\nTARGET_DEV={where}\n"}
    files = programs("mke2fs", *needs)
    files |= {f"etc/crashtest/{n}": (t, 0o755) for n, t in hooks.items()}
    return {"targets": ("ext4",), "mkinitrd": "guest", "load": False,
            "make_disk": lambda path: None, "extra_disks": disks,
            "production_modules": modules, "guest_files": files, "mem": "1G",
            "conf": f"path /crash\next4 {where}\n{conf}"}


LUKS_UUID = "0f7d2d5e-3c51-4c16-8d2c-8f4a6d1a9c11"
KEY_TEXT = "0123456789abcdef" * 4
LUKS_CONF = f"luks_key UUID={LUKS_UUID} /{KEY}\n"


def luks(dev, name):
    """Shell lines: an encrypted device, opened as name; the same later on."""
    unlock = ("echo -n passphrase >/etc/pass\nmkdir -p /run/cryptsetup\n"
              f"run cryptsetup open --key-file /etc/pass {dev} {name}\n")
    return (f"echo -n {KEY_TEXT} >/{KEY}; chmod 600 /{KEY}\n"
            "echo -n passphrase >/etc/pass\nmkdir -p /run/cryptsetup\n"
            "run cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 "
            "--pbkdf-force-iterations 1000 --key-size 512 --cipher aes-xts-plain64 "
            f"--uuid {LUKS_UUID} --volume-key-file /{KEY} --key-file /etc/pass {dev}\n"
            + unlock), unlock


def check_secret(run):
    """The key is nowhere on the console."""
    hexed = KEY_TEXT.encode().hex()
    for text in (KEY_TEXT, hexed):
        check(not run.console(text), "the volume key stands on the console")


def luks_capture(suite):
    """A whole circle with a key file."""
    make, again = luks('"$(disk a)"', "vault")
    kernel = fetch.kernel(suite, debug=debug_symbols())
    with crashed(kernel=kernel, **options(make, again, "/dev/mapper/vault", CRYPT,
                                          ("cryptsetup",), LUKS_CONF, disks=("a",))) as run:
        for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
            print("  ok:", line, flush=True)
        expect(run, "stack: vault: made", "the device")
        check_secret(run)


SCSI = ("virtio_scsi", "sd_mod")
WAIT_SCSI = ("i=0; while [ ! -e /dev/sda ] && [ $i -lt 50 ]; do "
             "usleep 100000; i=$((i + 1)); done; usleep 500000\n")


def scsi(*images):
    """more_args: SCSI disks, each behind a controller of its own, called disk0
    and so on; an image that stands twice is one disk with two paths."""
    def args(run):
        out = []
        for i, image in enumerate(images):
            wwn = 0x5000c50015ea7100 + images.index(image)
            disk.blank(run.work / f"{image}.img", "256M")
            out += ["-device", f"virtio-scsi-pci,id=scsi{i}",
                    "-drive", f"if=none,id=drive{i},format=raw,file.locking=off,"
                              f"file={run.work / image}.img",
                    "-device", f"scsi-hd,id=disk{i},bus=scsi{i}.0,drive=drive{i},"
                               f"share-rw=on,serial={image},wwn={wwn:#x}"]
        return out
    return args


def unplug(name):
    """on_line: takes this disk away when the kernel has crashed."""
    def hook(run, _, text):
        if "Kernel panic" in text and name not in run.events:
            run.events[name] = 0
            run.machine.qmp("device_del", id=name)
    return hook
