#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No target: kdump_post gets 1, kdump_emergency runs, then the failure action."""

from lib import hooks
from lib.scenario import check, crashed, expect, main

LONG = True


def story():
    files = hooks.script('echo "status $1"\n', "post") | \
        hooks.script('echo "state $KDUMP_STATE, dir ${KDUMP_DIR-none}"\n',
                     "emergency")
    with crashed(targets=("ext4",), attach_disk=False, load=False,
                 root_files=files, extra_conf=hooks.conf(
                     "post", "emergency", extra="target_timeout 3\n"
                     "final_action poweroff\n")) as run:
        expect(run, r"kdump_post: status 1", "kdump_post")
        expect(run, r"kdump_emergency: state nothing, dir none", "the hook")
        expect(run, r"system: reboot", "the failure action")
        check("again" in run.events, "production did not come up again")


main(story)
