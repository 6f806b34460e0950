# SPDX-License-Identifier: MIT
"""UBIFS as a target, on a disk that block2mtd shows as flash: QEMU's own flash fails at a buffer of one word, which UBI
writes to NOR before it erases."""

from . import arch, verify
from .scenario import check, crashed, expect

# the first boot makes it, the second one looks at it, whether the command line attaches UBI or not
DISK = "/dev/vdb,131072,board"
MTD = f"""block2mtd=/sys/module/block2mtd/parameters/block2mtd
[ -d /sys/class/mtd/mtd0 ] && grep -q '"board"' /proc/mtd || echo {DISK} >$block2mtd
mtd=/dev/$(sed -n 's/^\\(mtd[0-9]*\\): .*"board"$/\\1/p' /proc/mtd)
"""
MAKE = MTD + """ubi-make $mtd dumps || fail "ubi-make: exit $?"
mount -t ubifs ubi0:dumps /target || fail "UBIFS is not mounted"
echo 1 >/target/before-the-crash
"""
LOOK = MTD + """[ -e /sys/class/ubi/ubi0 ] || ubi-make $mtd || say "ubi-make: exit $?"
mount -t ubifs -o ro ubi0:dumps /target && src=/target
"""
# Debian's: the first are for any chip on a bus: kdump-mkinitrd packs what the kernel has of them
MODULES = ("ofpart", "cmdlinepart", "cfi_cmdset_0001", "cfi_cmdset_0002", "cfi_cmdset_0020", "cfi_probe", "jedec_probe",
           "block2mtd", "lzo", "deflate", "zstd", "ubi", "ubifs")
MODULES_CONF = f"""extra_modules virtio_pci virtio_blk block2mtd
options block2mtd block2mtd={DISK}
"""
CONF = """path /crash
ubifs {volume}
core_collector kdump-dumper -z -d 31
"""


def attached(kernel, volume, uname=None, more_conf="", more_files=(), **options):
    """crash.Options of a machine that has made the volume, and saves to it."""
    make = (arch.of(uname).build / "guest/ubi-make").read_bytes()
    files = {"bin/ubi-make": (make, 0o755), "etc/crashtest/before-arm": (MAKE, 0o755),
             "etc/crashtest/before-collect": (LOOK, 0o755)}
    return dict(kernel=kernel, arch=arch.of(uname).uname, targets=(), conf=CONF.format(volume=volume) + more_conf,
                guest_files=files | dict(more_files), mkinitrd="guest", extra_disks=("flash",), extra_size="64M",
                **options)


def circle(kernel, volume, uname=None, more_conf="", **options):
    """One crash that is saved to the volume, by whatever name."""
    with crashed(**attached(kernel, volume, uname, more_conf, **options)) as run:
        check(run.console(r"target 1: ubifs MTD=board:dumps"), "kdump-mkinitrd does not name the volume for good")
        expect(run, r"target: MTD=board:dumps \(ubi0_0, ubifs\): mounted", "the volume")
        check((run.collected / "before-the-crash").exists(), "the volume is not that of before")
        for line in (verify.folder(run), verify.dmesg(run), verify.libkdumpfile(run)):
            print("  ok:", line, flush=True)
