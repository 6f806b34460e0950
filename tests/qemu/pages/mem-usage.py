#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""--mem-usage /proc/kcore of a running machine agrees with the kernel and with a dry run."""

import json
import pathlib
import tempfile

from lib import cpio, fetch, guest, qemu, tools
from lib.scenario import check, main

KERNELS = (("bookworm", "max,la57=off"), ("sid", "max"))
INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /t
b() { /bin/busybox "$@"; }
b mount -t proc none /proc; b mount -t sysfs none /sys; b mount -t tmpfs none /t
b dd if=/dev/urandom of=/t/cache bs=1M count=64 2>/dev/null
echo BEGIN usage; /bin/kdump-dumper --mem-usage --json /proc/kcore; echo "END $?"
b grep MemFree /proc/meminfo
echo BEGIN dry; /bin/kdump-dumper --dry-run --json -z -d 31 /proc/kcore; echo "END $?"
b poweroff -f
"""


def boot(kernel, cpu, work):
    """The console of a guest that asks and ends."""
    image = cpio.Cpio()
    image.file("bin/busybox", pathlib.Path(tools.file("busybox")).read_bytes(), 0o755)
    image.file("bin/kdump-dumper", guest.program("kdump-dumper").read_bytes(), 0o755)
    image.node("dev/console", 5, 1)
    image.node("dev/urandom", 1, 9)
    image.file("init", INIT, 0o755)
    initrd = pathlib.Path(work, "guest.cpio")
    initrd.write_bytes(image.bytes())
    accel = qemu.accel_for(kernel)
    args = qemu.base_args(accel, "host" if accel == "kvm" else cpu, "1G", 1) + [
        "-no-reboot", "-kernel", kernel.vmlinuz, "-initrd", initrd,
        "-append", "console=ttyS0 quiet panic=-1 crashkernel=128M"]
    with qemu.Machine(args, f"{work}/console.log") as machine:
        return [text for _, text in machine.follow(240, 120)]


def answer(lines, name):
    """The JSON between BEGIN name and END; it must have ended well."""
    begin = lines.index(f"BEGIN {name}")
    end = next(i for i in range(begin, len(lines)) if lines[i].startswith("END"))
    check(lines[end] == "END 0", "\n".join(lines[begin:end + 1]))
    text = "\n".join(lines[begin + 1:end])
    return json.loads(text[text.index("{"):text.rindex("}") + 1])


def story():
    for name, cpu in KERNELS:
        kernel = fetch.kernel(name)
        with tempfile.TemporaryDirectory() as work:
            lines = boot(kernel, cpu, work)
        usage, dry = answer(lines, "usage"), answer(lines, "dry")
        free_kb = int(next(x for x in lines if x.startswith("MemFree")).split()[1])
        pages = usage["pages"]
        print(f"{kernel.release}: {pages}, MemFree {free_kb // 4} pages")
        check(abs(pages["free"] - free_kb // 4) < 4096, "free pages are not the kernel's")
        check(usage["crash_kernel_pages"] == 32768, "crashkernel= is not taken off")
        # what lies where the kernel's init code lay is protected, and kept
        check(pages["cache"] > 12288, "64 MiB in a tmpfs are not cache")
        check(sum(v for k, v in pages.items() if k not in ("ram", "absent")) <= pages["ram"],
              "more pages than there are")
        last = next(x for x in usage["levels"] if x["level"] == 31)
        size = dry["bytes_out"]
        print(f"  -d 31 -z: estimated {last['zstd_bytes']}, counted {size}")
        check(size * 0.6 < last["zstd_bytes"] < size * 1.6, "the estimate is far off")


main(story)
