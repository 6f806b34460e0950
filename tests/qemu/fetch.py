#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fetch what the QEMU tests need: kernels and tools, by package name.

fetch.py tools [PACKAGE…]      the readers (crash, drgn, makedumpfile, …), and these packages
fetch.py kernel NAME…          kernels; NAME is [PACKAGE/]SUITE, as "trixie"
fetch.py debug NAME…           kernels with their debug vmlinux
fetch.py --arch ARCH kernel…   of another architecture (aarch64, riscv64); debug, too
"""

import sys

from lib import apt, arch, fetch


def main(argv):
    of = arch.of()
    if argv[:1] == ["--arch"] and argv[1:2] and argv[1] in arch.ARCHS:
        of, argv = arch.of(argv[1]), argv[2:]
    if argv[:1] == ["tools"]:
        print(fetch.tools(*argv[1:]))
    elif argv[:1] in (["kernel"], ["debug"]) and len(argv) > 1:
        for name in argv[1:]:
            k = fetch.kernel(name, debug=argv[0] == "debug", arch=of.debian, meta=of.kernel)
            print(k.root)
    else:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except apt.AptError as err:
        print(f"fetch: {err}", file=sys.stderr)
        sys.exit(1)
