#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A dump several times as large as the crash kernel's memory does not fill it: what is written is
bounded, and the worst moment is on record."""

from lib.scenario import check, crashed, main, verify


def story():
    conf = ("path {path}\next4 UUID={uuid}\ncore_collector kdump-dumper -d 0\n"
            "extra_modules virtio_pci virtio_blk\n")    # stored, not compressed
    fill = "dd if=/dev/urandom of=/tmp/more bs=1M count=300 2>/dev/null\n"
    with crashed(conf=conf, mem="768M", load=False, guest_files={
            "etc/crashtest/before-crash": (fill, 0o755)}) as run:
        verify.folder(run)
        size = run.report["vmcore"]["bytes_written"]
        memory = run.report["capture"]
        check(size > 3 * memory["memory_bytes"], f"vmcore of {size} bytes")
        taken = memory["available_bytes"] - memory["least_available_bytes"]
        check(taken < 24 << 20, f"{taken} bytes were taken in between")
        print("  ok:", size, {k: v for k, v in memory.items() if "bytes" in k})


main(story)
