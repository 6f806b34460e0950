#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Secure Boot: a kernel that is locked down arms the distribution's signed kernel, not a copy without its signature,
and captures."""

import pathlib
import tempfile

from lib import fetch, paths, secureboot
from lib.scenario import check, crashed, main, verify

LONG = True
EXPECT = {"etc/crashtest/expect": ((paths.QEMU_DIR / "guest/expect").read_bytes(), 0o755)}
REFUSED = """. /etc/crashtest/expect
K=/boot/vmlinuz I=/boot/capture.img
mount -t securityfs securityfs /sys/kernel/security 2>/dev/null
mount -t tmpfs tmp /tmp
cp $K /tmp/unsigned
pe=$(od -An -tu4 -j60 -N4 $K)
dd if=/dev/zero of=/tmp/unsigned bs=1 seek=$((pe + 24 + 112 + 32)) count=8 conv=notrunc 2>/dev/null
cp $K /tmp/changed
printf x | dd of=/tmp/changed bs=1 seek=9000000 conv=notrunc 2>/dev/null
N="is not signed, and the running kernel is locked"
expect unsigned 1 1 "kernel /tmp/unsigned $N" kdump-loader load --kernel /tmp/unsigned --initrd $I
expect segments 1 1 "which forbids kexec_load" kdump-loader load -c --kernel $K --initrd $I
expect changed 1 1 "was loaded again: the machine is armed" kdump-loader load --kernel /tmp/changed --initrd $I
expect copy 0 1 "armed: kernel /tmp/copy" sh -c "cp $K /tmp/copy; kdump-loader load --kernel /tmp/copy --initrd $I"
"""
CHECKS = 4


def story():
    for suite in ("trixie", "bookworm", "sid"):
        kernel = fetch.kernel(suite)
        with tempfile.TemporaryDirectory(prefix="kdump-secureboot-") as tmp:
            firmware = secureboot.machine(kernel.vmlinuz, pathlib.Path(tmp))
            with crashed(kernel=kernel, machine=firmware, production="loglevel=6", load=False,
                         guest_files={"etc/crashtest/before-crash": (REFUSED, 0o755), **EXPECT}) as run:
                check(run.console("Kernel is locked down from EFI Secure Boot"), "the kernel is not locked down")
                bad, good = run.console("crashtest: loader: FAIL"), run.console("crashtest: loader: ok")
                check(not bad, "; ".join(bad))
                check(len(good) == CHECKS, f"{len(good)} checks of {CHECKS}")
                print(f"  ok: {suite}:", verify.folder(run), flush=True)


main(story)
