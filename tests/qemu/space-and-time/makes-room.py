#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Old dumps fill the disk: as many go as the new one needs, the oldest first, and not one more."""

from lib.scenario import check, crashed, expect, main, verify

OLD = """
rm -f /target/written-before-the-crash
for i in 1 2 3 4; do
	d=/target/crash/old-2025010${i}T000000Z-0000000$i
	mkdir -p $d
	dd if=/dev/urandom of=$d/vmcore bs=1M count=50 2>/dev/null
	echo '{}' >$d/kdump.json
done
dd if=/dev/zero of=/target/fill bs=1M 2>/dev/null
truncate -s -3M /target/fill
"""


def story():
    with crashed(extra_conf="min_free 4M\n", mem="512M", load=False,
                 disk_size="260M",
                 guest_files={"etc/crashtest/before-crash": (OLD, 0o755)}) as run:
        expect(run, r"room: .*: [12] old dumps removed", "making room")
        verify.folder(run)
        verify.libkdumpfile(run)
        left = {f.split("/")[1] for f in run.files() if "old-" in f}
        check("old-20250101T000000Z-00000001" not in left and
              "old-20250104T000000Z-00000004" in left and len(left) >= 2,
              f"what is left: {left}")
        room = run.report["room"]
        check(room["verdict"] == "fits, measured" and
              room["removed_dumps"] == 4 - len(left), f"{room}")
        print("  ok:", room)


main(story)
