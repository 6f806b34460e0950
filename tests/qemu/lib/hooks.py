# SPDX-License-Identifier: MIT
"""Programs of the host for the capture: a shell, hooks, a watchdog."""

import pathlib

from . import modules, tools

WATCHDOG = ["-device", "i6300esb", "-action", "watchdog=reset"]


def busybox():
    """{name: (data, mode)} of a static busybox that is also /bin/sh."""
    data = pathlib.Path(tools.file("busybox")).read_bytes()
    return {"bin/busybox": (data, 0o755), "bin/sh": (data, 0o755)}


def script(text, name="hook"):
    """The same with a script /etc/NAME that runs in this shell; busybox's
    commands are called as `b NAME`."""
    head = "#!/bin/sh\nb() { /bin/busybox \"$@\"; }\n"
    return busybox() | {f"etc/{name}": (head + text, 0o755)}


def conf(*hooks, extra=""):
    """Lines of kdump.conf: hooks are "pre", "post", "emergency"."""
    return "".join(f"kdump_{h} /etc/{h}\n" for h in hooks) + \
        "extra_bins /bin/busybox\n" + extra


def watchdog_files(kernel, mkinitrd=False):
    """Production guest files that arm the machine's i6300esb before the crash
    and keep it fed until then; mkinitrd: for kdump-mkinitrd in the guest too."""
    files = {f"watchdog/{n}": (data, 0o644) for n, data in
             modules.resolve(kernel.modules, ["i6300esb"])}
    for path in modules.paths(kernel.modules, ["i6300esb"]) if mkinitrd else ():
        files[f"lib/modules/{kernel.release}/{path}"] = (
            (kernel.modules / path).read_bytes(), 0o644)
    files["etc/crashtest/before-arm"] = (
        "for m in /watchdog/*.ko; do insmod $m || fail $m; done\n"
        "busybox watchdog -T 60 -t 5 /dev/watchdog0 || fail watchdog\n"
        "say watchdog: $(cat /sys/class/watchdog/watchdog0/state)\n", 0o755)
    return files
