#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""keep 3: after the dump the oldest ones go; what is not ours stays, and kdump.json fits its schema."""

from lib.scenario import check, crashed, expect, main, verify

OLD = """
for i in 1 2 3 4; do
	d=/target/crash/old-2025010${i}T000000Z-0000000$i
	mkdir -p $d
	echo core >$d/vmcore
	echo log >$d/dmesg.txt
	echo '{}' >$d/kdump.json
done
mkdir -p /target/crash/old-20240101T000000Z-00000000 /target/crash/mine
echo mine >/target/crash/old-20240101T000000Z-00000000/notes.txt
echo mine >/target/crash/mine/vmcore
ln -s mine /target/crash/old-20240102T000000Z-00000000
"""


def story():
    with crashed(extra_conf="keep 3\n", mem="512M", load=False,
                 guest_files={"etc/crashtest/before-crash": (OLD, 0o755)}) as run:
        expect(run, r"retention: .*: 2 old dumps removed", "retention")
        expect(run, r"room: .* MiB free, level 31 takes", "the room")
        verify.folder(run)
        verify.libkdumpfile(run)
        left = sorted({f.split("/")[1] for f in run.files()
                       if f.startswith("crash/")})
        check(left[:-1] == ["mine", "old-20240101T000000Z-00000000",
                            "old-20250103T000000Z-00000003",
                            "old-20250104T000000Z-00000004"],
              f"what is left: {left}")
        capture = run.report["capture"]
        check(capture["crashkernel_bytes"] == 96 << 20 and
              capture["least_available_bytes"] > 4 << 20, f"{capture}")
        check(run.report["taint"] == "", f"taint {run.report['taint']!r}")
        check(run.report["vmcore"]["sha256_parts"], "the vmcore has no sha256")
        print("  ok:", {k: v for k, v in capture.items() if "bytes" in k})


main(story)
