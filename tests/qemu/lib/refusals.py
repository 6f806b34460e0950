# SPDX-License-Identifier: MIT
"""kdump-loader in a guest: what it must refuse, and what stays loaded then."""

from . import paths, verify
from .scenario import check, crashed


def _hooks():
    """The two guest scripts."""
    return {f"etc/crashtest/{when}":
            ((paths.QEMU_DIR / f"guest/loader-{when}").read_bytes(), 0o755)
            for when in ("before-arm", "before-crash")}


def run(suite, wanted):
    """One guest, which makes so many checks; then a crash, so that what is
    still loaded is shown to work."""
    with crashed(kernel=suite, mem="1536M", crashkernel="128M", load=False,
                 guest_files=_hooks()) as one:
        bad = one.console("crashtest: loader: FAIL")
        check(not bad, "; ".join(bad))
        good = one.console("crashtest: loader: ok")
        check(len(good) == wanted, f"{suite}: {len(good)} checks of {wanted}")
        print(f"{one.kernel.release}: {len(good)} refusals and returns")
        print(verify.folder(one))
