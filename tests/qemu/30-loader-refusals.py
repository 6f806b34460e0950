#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No bad file and no refusal of the kernel disarms the machine: 6.1 and 7.2.

What kdump-loader must refuse, the return to the pair before when the kernel
refuses, the one-way sysctls; then a crash, so that what is still loaded is
shown to work."""

from lib import paths
from lib.scenario import check, crashed, main, verify

# suite -> how many checks its guest makes; 6.1 has no kexec_load_limit_panic
CHECKS = {"bookworm": 28, "sid": 31}


def hooks():
    """The two guest scripts."""
    return {f"etc/crashtest/{when}":
            ((paths.QEMU_DIR / f"guest/loader-{when}").read_bytes(), 0o755)
            for when in ("before-arm", "before-crash")}


def story():
    for suite, wanted in CHECKS.items():
        with crashed(kernel=suite, mem="1536M", crashkernel="128M", load=False,
                     guest_files=hooks()) as run:
            bad = run.console("crashtest: loader: FAIL")
            check(not bad, "; ".join(bad))
            good = run.console("crashtest: loader: ok")
            check(len(good) == wanted, f"{suite}: {len(good)} checks of {wanted}")
            print(f"{run.kernel.release}: {len(good)} refusals and returns")
            print(verify.folder(run))


main(story)
