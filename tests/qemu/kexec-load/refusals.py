#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No refusal of kexec_load disarms the machine: policies, limits, lockdown, the one-way sysctls; then a crash."""

from lib import fetch, paths
from lib.scenario import check, crashed, main, verify

LONG = True
WANTED = {"bookworm": 13, "sid": 14}


def story():
    files = {f"etc/crashtest/{when}": ((paths.QEMU_DIR / f"guest/{file}").read_bytes(), 0o755)
             for when, file in (("before-arm", "segments-before-arm"), ("expect", "expect"),
                                ("before-crash", "segments-before-crash"))}
    for suite, wanted in WANTED.items():
        with crashed(kernel=fetch.kernel(suite), crashkernel="128M", load=False, guest_files=files) as run:
            bad = run.console("crashtest: loader: FAIL")
            check(not bad, "; ".join(bad))
            good = run.console("crashtest: loader: ok")
            check(len(good) == wanted, f"{suite}: {len(good)} checks of {wanted}")
            print(f"  {suite}: {len(good)} refusals;", verify.folder(run), flush=True)


main(story)
