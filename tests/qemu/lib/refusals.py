# SPDX-License-Identifier: MIT
"""kdump-loader in a guest: what it must refuse, and what stays loaded then."""

import pathlib
import tempfile

from . import cpio, fetch, guest, paths, verify
from .scenario import check, crashed


def _hooks():
    """The two guest scripts."""
    return {f"etc/crashtest/{when}":
            ((paths.QEMU_DIR / f"guest/{file}").read_bytes(), 0o755)
            for when, file in (("before-arm", "loader-before-arm"), ("expect", "expect"),
                               ("before-crash", "loader-before-crash"))}


def _images(kernel):
    """Images that are whole and yet of no use: without a head, as older versions
    made them; for another release; with a config that names no target."""
    with tempfile.TemporaryDirectory() as tmp:
        name = pathlib.Path(tmp, "image")
        guest.capture_image(kernel, "ext4 UUID=1\nextra_modules virtio_blk\n", name)
        image = name.read_bytes()
    head, odd = cpio.Head(image), {}
    assert head.bytes() == image
    odd["payload"] = head.payload
    head.change("release", "9.9.9")
    odd["other"] = head.bytes()
    head.change("release", kernel.release)
    head.config = b"path /crash\n"
    odd["no-target"] = head.bytes()
    return {f"etc/crashtest/{name}.img": (data, 0o600) for name, data in odd.items()}


def run(suite, wanted):
    """One guest, which makes so many checks; then a crash, so that what is
    still loaded is shown to work."""
    kernel = fetch.kernel(suite)
    with crashed(kernel=kernel, mem="1536M", crashkernel="128M", load=False,
                 guest_files=_hooks() | _images(kernel)) as one:
        bad = one.console("crashtest: loader: FAIL")
        check(not bad, "; ".join(bad))
        good = one.console("crashtest: loader: ok")
        check(len(good) == wanted, f"{suite}: {len(good)} checks of {wanted}")
        print(f"{one.kernel.release}: {len(good)} refusals and returns")
        print(verify.folder(one))
