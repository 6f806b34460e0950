#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A dump that lies on a slow raw target does not hold up the boot of a Debian 13.

The disk gives 32 KiB a second when the machine comes up after the crash; multi-user.target
is reached while kdump-recover is still at work. The dump is below /var/crash in the end."""

from lib import debian_guest, disk
from lib.scenario import check, main, verify

LONG = True

RAW = "/dev/disk/by-id/virtio-raw"
UP = "timeout 500 sh -c 'until systemctl is-active -q multi-user.target; do sleep 1; done'"
STATE = "systemctl show -P ActiveState kdump-recover"
DONE = f"until {STATE} | grep -qx inactive; do sleep 1; done"


def slow(run, bytes_a_second):
    """Of the raw disk, from now on; 0: as fast as it is."""
    limits = dict.fromkeys(("bps", "bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr"), 0)
    run.machine.qmp("block_set_io_throttle", id="/machine/peripheral/raw/virtio-backend",
                    **dict(limits, bps=bytes_a_second))


def story():
    with debian_guest.guest() as run:
        image = run.work / "raw.img"
        disk.blank(image, "512M")
        with run.booted(more=("-drive", f"if=none,id=rawdrive,format=raw,file={image}",
                              "-device", "virtio-blk-pci,drive=rawdrive,id=raw,serial=raw")):
            debian_guest.install(run)
            run.ask(f"echo 'raw {RAW}' >>/etc/kdump.conf")
            run.ask("kdump-mkinitrd -o /boot/kdump-init-$(uname -r).img && kdump-loader load")
            run.crash(on_reboot=lambda: slow(run, 32 << 10))
            run.ask(UP)
            state = run.ask(STATE)
            check(state in ("active", "activating"), f"kdump-recover is {state}")
            check(run.ask("ls /var/crash/*/vmcore", None).count("No such"), "it was not slow")
            run.ask("systemctl is-active kdump-loader")
            slow(run, 0)
            run.ask(DONE)
            run.ask("systemctl is-system-running --wait")
            run.collect("/var/crash")
            for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
                print("  ok:", line, flush=True)


main(story)
