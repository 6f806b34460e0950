#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the image was made from changes: status and reload tell, each with what to do; a crash is captured."""

from lib import hooks, paths
from lib.scenario import check, crashed, main, verify

WANTED = 16


def story():
    files = hooks.script("echo hook\n", "pre")
    for name, file in (("before-crash", "stale-before-crash"), ("expect", "expect")):
        files[f"etc/crashtest/{name}"] = ((paths.QEMU_DIR / f"guest/{file}").read_bytes(), 0o755)
    with crashed(mkinitrd="guest", load=False, guest_files=files,
                 extra_conf=hooks.conf("pre")) as run:
        bad = run.console("crashtest: loader: FAIL")
        check(not bad, "; ".join(bad))
        good = run.console("crashtest: loader: ok")
        check(len(good) == WANTED, f"{len(good)} checks of {WANTED}")
        print(verify.folder(run))


main(story)
