#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kdump-loader exec on aarch64 (device tree and UEFI) and riscv64: the next kernel has all memory and CPUs."""

from lib import execed
from lib.scenario import main

LONG = True


def story():
    print("  ok:", execed.check("trixie", "", uname="aarch64"), flush=True)
    print("  ok:", execed.check("trixie", "", uname="riscv64"), flush=True)
    print("  ok:", execed.check("trixie", "", efi=True, uname="aarch64"), flush=True)


main(story)
