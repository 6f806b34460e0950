#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kdump_post: status 0, the mounted target and the dump's folder; it crashes, nothing is lost."""

from lib import hooks
from lib.scenario import check, crashed, expect, main, verify


def story():
    files = hooks.script(
        'echo "status $1, state $KDUMP_STATE, target $KDUMP_TARGET"\n'
        'b ls "$KDUMP_FOLDER" | b grep -q "^vmcore$" && echo sees the dump\n'
        'echo note >"$KDUMP_DIR/note"; b sleep 1000 &\n'
        "kill -SEGV $$\n", "post")
    with crashed(targets=("ext4",), load=False, root_files=files,
                 extra_conf=hooks.conf("post")) as run:
        expect(run, r"kdump_post: status 0, state complete, target ext4 UUID=",
               "its arguments")
        expect(run, r"kdump_post: sees the dump", "the dump")
        expect(run, r"/etc/post: killed by signal 11", "its end")
        check("note" in run.files(), f"files: {run.files()}")
        log = (run.dump / "kdump.log").read_text()
        check("killed by signal 11" in log, "kdump.log does not tell of it")
        check("again" in run.events, "production did not come up again")
        verify.folder(run, state="complete")
        verify.libkdumpfile(run)


main(story)
