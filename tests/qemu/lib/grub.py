# SPDX-License-Identifier: MIT
"""Debians that boot from their disk by GRUB, from a BIOS and from UEFI, with LVM and with a plain ext4.

GRUB is installed as on any machine, by grub-install and update-grub on the running system, once for the cache."""

import dataclasses
import shutil
import tempfile
import uuid

from . import debian, debian_guest, fetch, gpt

BIOS_BOOT = uuid.UUID("21686148-6449-6e6f-744e-656564454649")
EFI_SYSTEM = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
# as Debian's packages write it, and for a serial line
DEFAULT = f"""\
GRUB_DEFAULT=0
GRUB_TIMEOUT=1
GRUB_DISTRIBUTOR=Debian
GRUB_CMDLINE_LINUX_DEFAULT="quiet"
GRUB_CMDLINE_LINUX="{debian_guest.CONSOLE} {debian_guest.PATIENT}"
GRUB_TERMINAL=serial
GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"
"""
COMMON = ("apt", "grub2-common")
FILES = (("etc/default/grub", DEFAULT),)
BIOS = debian.Kind("bios", packages=(*COMMON, "grub-pc-bin"), files=FILES, first=("grub", BIOS_BOOT, gpt.ALIGN))
UEFI = debian.Kind("uefi", lvm=False, packages=(*COMMON, "grub-efi-amd64-bin", "dosfstools"), files=FILES,
                   first=("efi", EFI_SYSTEM, 64 << 20))
UEFI_LVM = dataclasses.replace(UEFI, name="uefi-lvm", lvm=True)
# nothing is downloaded there
QUIET = "systemctl disable apt-daily.timer apt-daily-upgrade.timer"
ESP = "/dev/disk/by-partlabel/efi"
ON_BIOS = ("grub-install --target=i386-pc /dev/vda",)
ON_UEFI = (f"mkfs.vfat -n EFI {ESP} && mkdir /boot/efi && mount -t vfat {ESP} /boot/efi",
           "grub-install --target=x86_64-efi --efi-directory=/boot/efi --removable --no-nvram",
           "echo 'LABEL=EFI /boot/efi vfat umask=0077 0 1' >>/etc/fstab")


def is_uefi(kind):
    """Is its boot loader one of UEFI's?"""
    return kind.first[1] == EFI_SYSTEM


def installed(kind, suite=debian.SUITE):
    """The Debian of the cache, with its boot loader; made if it is not there."""
    return debian.installed(dataclasses.replace(kind, suite=suite), _install)


def _install(system):
    """Boot it by QEMU's own loader, install GRUB there, keep that disk."""
    with tempfile.TemporaryDirectory(prefix="grub-") as work:
        run = debian_guest.Guest(work, system=system)
        with run.booted(crashkernel=None):
            for line in ((QUIET,) + (ON_UEFI if is_uefi(system.kind) else ON_BIOS) + ("update-grub",)):
                run.ask(line)
            run.shutdown()
        shutil.move(run.disk, system.disk)


def firmware(kind):
    """Words for QEMU: what boots from the disk. SeaBIOS needs none."""
    if not is_uefi(kind):
        return ()
    code = fetch.single("ovmf", "usr/share/OVMF/OVMF_CODE_4M.fd")
    variables = fetch.single("ovmf", "usr/share/OVMF/OVMF_VARS_4M.fd")
    return ("-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
            "-drive", f"if=pflash,unit=1,format=raw,snapshot=on,file={variables}")
