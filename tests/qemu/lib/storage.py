# SPDX-License-Identifier: MIT
"""The storage matrix: each bus with each file system that a suite's kernels have."""

import functools
import os
import re
import traceback

from . import bus, crash, fetch, modules
from .scenario import capture_and_check

FILE_SYSTEMS = ("ext4", "xfs", "btrfs", "f2fs", "vfat")
SHARES = ("virtiofs", "9p")
ROWS = [(fs, on) for on in bus.BUSES for fs in FILE_SYSTEMS] + \
       [(share, "virtio-blk") for share in SHARES]


# apt is asked each time, for which there are too many rows
_kernel = functools.lru_cache(fetch.kernel)


def fitting(suite, names):
    """The cloud kernel if it has the drivers, else the standard one."""
    for name in (suite, f"linux-image-amd64/{suite}"):
        kernel = _kernel(name)
        if {n.replace("-", "_") for n in names} <= modules.known(kernel.modules):
            return kernel
    return None


def one(kernel, target, on):
    """One capture, from a partition, with the drivers that sysfs tells."""
    cloud = "cloud" in kernel.release
    capture_and_check(
        kernel=kernel.name, targets=(target,), bus=on, gpt=True, load=False,
        mkinitrd="guest", crashkernel="128M" if cloud else "192M",
        readers=("makedumpfile", "libkdumpfile"))


def run(suite):
    """All rows, or those that $MATRIX_ROWS (a pattern) finds in "FS on BUS"."""
    wanted = os.environ.get("MATRIX_ROWS", "")
    failed, passed = [], 0
    for target, on in ROWS:
        what = f"{target} on {on}"
        kernel = fitting(suite, [target, *bus.modules(on)])
        if not kernel or not re.search(wanted, what):
            continue
        print(f"-- {what}: {kernel.release}", flush=True)
        try:
            one(kernel, target, on)
            passed += 1
        except Exception as err:    # pylint: disable=broad-except
            traceback.print_exc()
            failed.append(f"{what}: {str(err).splitlines()[0]}")
    print(f"{passed} passed, {len(failed)} failed")
    if failed or not passed:
        raise crash.CrashError("; ".join(failed) or "no such row")
