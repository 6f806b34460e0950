#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A dynamically linked program runs in the capture, with the libraries packed for it."""

from lib import fetch, hooks
from lib.scenario import check, crashed, expect, main

LONG = True

LIBS = ("libc.so.6", "libz.so.1", "liblzma.so.5", "liblz4.so.1", "libzstd.so.1",
        "libgcc_s.so.1", "libxxhash.so.0")


def story():
    tools = fetch.tools()
    files = hooks.script("/usr/bin/zstd --version\n", "pre")
    files["usr/bin/zstd"] = ((tools / "usr/bin/zstd").read_bytes(), 0o755)
    files["lib64/ld-linux-x86-64.so.2"] = (
        (tools / "lib64/ld-linux-x86-64.so.2").read_bytes(), 0o755)
    for lib in LIBS:
        path = tools / "usr/lib/x86_64-linux-gnu" / lib
        if path.exists():
            files[f"usr/lib/x86_64-linux-gnu/{lib}"] = (path.read_bytes(), 0o644)
    with crashed(targets=("ext4",), load=False, root_files=files,
                 crashkernel="128M", extra_conf=hooks.conf(
                     "pre", extra="").replace("busybox", "busybox /usr/bin/zstd")
                 ) as run:
        check("libc.so.6" in run.packed, run.packed)
        expect(run, r"kdump_pre: .*Zstandard CLI", "the program")
        check(run.report.get("state") == "complete", str(run.report)[:200])
        check("again" in run.events, "production did not come up again")


main(story)
