#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""4-level paging (the others have 5 levels), 64 GiB, and lockdown=integrity with Debian's signed kernel: armed, crashed, captured."""

from lib import kexecload
from lib.scenario import check, expect, main, verify

LONG = True

LOCKED = """kdump-loader load -c --kernel /boot/vmlinuz --initrd /boot/capture.img
say "kexec_load: exit $?, $(cat /sys/kernel/security/lockdown)"
"""


def captured(suite, what, **more):
    """A machine whose dump is whole."""
    with kexecload.armed(suite, **more) as run:
        print(f"  ok: {suite}, {what}:", verify.folder(run), flush=True)
    return run


def story():
    for suite in ("bookworm", "trixie", "sid"):
        captured(suite, "4 levels", cpu="max,la57=off", load=False)
    for call in ("-s", "-c"):
        run = captured("trixie", f"64 GiB {call}", loader=call, mem="64G", crashkernel="256M", disk_size="8G",
                       load=False, timeout=900)
        pages = run.report["vmcore"]["pages"]["ram"]
        check(pages * 4096 > 62 << 30, f"{pages} pages of memory")
    run = captured("trixie", "lockdown", loader="-s", production="loglevel=6 lockdown=integrity", load=False,
                   guest_files={"etc/crashtest/before-arm": (
                       "mount -t securityfs securityfs /sys/kernel/security\n" + LOCKED, 0o755)})
    check(run.console("error: .*which forbids kexec_load"), "nobody says that kexec_load is forbidden")
    check(run.console(r"kexec_load: exit 1, none \[integrity\]"), "it is not locked down")
    expect(run, "capture: vmcore: saved", "the capture")


main(story)
