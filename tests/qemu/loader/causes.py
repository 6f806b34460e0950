#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each cause that `status` knows is provoked on a machine, told with what to do, and gone once mended; then it crashes."""

from lib import hooks, paths
from lib.scenario import check, crashed, main, verify

LONG = True
WANTED = 29


def story():
    files = hooks.script("echo hook\n", "pre")
    for name in ("before-arm", "before-crash"):
        script = (paths.QEMU_DIR / f"guest/causes-{name}").read_bytes()
        files[f"etc/crashtest/{name}"] = (script, 0o755)
    files["etc/crashtest/expect"] = ((paths.QEMU_DIR / "guest/expect").read_bytes(), 0o755)
    with crashed(mkinitrd="guest", targets=("ext4", "https"), load=False, guest_files=files,
                 crashkernel="160M", extra_conf=hooks.conf("pre"), timeout=600) as run:
        bad = run.console("crashtest: loader: FAIL")
        check(not bad, "; ".join(bad))
        good = run.console("crashtest: loader: ok")
        check(len(good) == WANTED, f"{len(good)} checks of {WANTED}")
        print(verify.folder(run))


main(story)
