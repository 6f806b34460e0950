#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A generic image and the part that a machine adds to it: armed, crashed, captured; and what is refused."""

import pathlib
import tempfile

from lib import fetch, guest
from lib.scenario import check, crashed, main, verify

LONG = True
WORDS = """
mkdir -p /tmp/x
kdump-mkinitrd --host /boot/generic.img -o /boot/capture.img | sed 's/^/crashtest: made: /'
cmp -n "$(stat -c %s /boot/generic.img)" /boot/generic.img /boot/capture.img && say "generic part: unchanged"
kdump-loader load --kernel /boot/vmlinuz --initrd /boot/generic.img 2>&1 | sed 's/^/crashtest: alone: /'
kdump-mkinitrd --host /boot/capture.img -o /tmp/y 2>&1 | sed 's/^/crashtest: twice: /'
mv /usr/sbin/kdump-mkinitrd /tmp
"""


def story():
    kernel = fetch.kernel("trixie")
    with tempfile.NamedTemporaryFile() as f:
        done = guest.generic_image(kernel, f.name)
        generic = pathlib.Path(f.name).read_bytes()
    print("  generic:", done.splitlines()[-1])
    with crashed(mkinitrd="guest", targets=("ext4",), crashkernel="160M", guest_files={
            "boot/generic.img": (generic, 0o600),
            "etc/crashtest/before-arm": (WORDS, 0o755)}) as run:
        check(run.console("crashtest: generic part: unchanged"), "the generic part has changed")
        check(run.console("alone: .*is generic, and has no part of this machine's"), "it was armed alone")
        check(run.console("twice: .*has a machine's part already"), "a second part was added")
        print(verify.folder(run))


main(story)
