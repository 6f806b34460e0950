#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""failure_action dump_to_rootfs: the target's file system is gone, so the dump goes to the root file system's disk.

The guest's own root is memory; kdump-mkinitrd runs in a chroot whose root is a disk."""

from lib.scenario import check, crashed, expect, main, verify

# before kdump-mkinitrd, which the PATH finds here first
WRAPPER = """#!/bin/busybox sh
for d in proc sys dev lib usr etc boot; do
	mkdir -p /target/$d
	mount --bind /$d /target/$d
done
a=$(for d in /sys/block/vd*; do [ "$(cat $d/serial)" = a ] && echo /dev/${d##*/}; done)
mke2fs -F "$a" >/dev/null
sed -i "s|@a@|$a|" /etc/kdump.conf
chroot /target /usr/sbin/kdump-mkinitrd "$@"
r=$?
for d in proc sys dev lib usr etc boot; do umount /target/$d; done
exit $r
"""
GONE = """a=$(disk a)
dd if=/dev/zero of="$a" bs=64k count=4 2>/dev/null
"""
CONF = "path /crash\next4 @a@\nfailure_action dump_to_rootfs\ntarget_timeout 5\n"


def story():
    with crashed(mem="512M", load=False, mkinitrd="guest", extra_disks=("a",), conf=CONF,
                 guest_files={"bin/kdump-mkinitrd": (WRAPPER, 0o755),
                              "etc/crashtest/before-crash": (GONE, 0o755)}) as run:
        expect(run, "capture: dump_to_rootfs", "the last resort")
        verify.folder(run)
        verify.dmesg(run)
        print("  ok:", verify.libkdumpfile(run))
        got = [t["outcome"] for t in run.report["targets"]]
        check(got == ["failed", "saved"], f"{run.report['targets']}")


main(story)
