#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each fragment of a crash kernel of our own configures; an option that is dropped is named.

Each by itself on this system's linux-source, all together on 6.1's, 6.12's and 7.2's."""

import pathlib
import tempfile

from lib import fetch, ownkernel
from lib.scenario import check, main

LONG = True


def story():
    for suite in ("bookworm", "trixie", "sid"):
        with tempfile.TemporaryDirectory() as tmp:
            code, said = ownkernel.configure(tmp, "-s", fetch.source(suite),
                                             *ownkernel.fragments())
            check(code == 0, f"{suite}: {said}")
    for uname in ("aarch64", "riscv64"):
        for suite in ("bookworm", "trixie", "sid"):
            with tempfile.TemporaryDirectory() as tmp:
                code, said = ownkernel.configure(tmp, "-s", fetch.source(suite),
                                                 *ownkernel.fragments(uname), uname=uname)
                check(code == 0, f"{uname}, {suite}: {said}")
    with tempfile.TemporaryDirectory() as tmp:
        for name in ownkernel.fragments():
            code, said = ownkernel.configure(tmp, "base", "x86_64", name)
            check(code == 0, f"{name}: {said}")
        # without its buses the fragment asks for what cannot be had
        code, said = ownkernel.configure(tmp, "base", "watchdog")
        check(code == 1 and "watchdog asks for CONFIG_" in said and
              "Kconfig made it n" in said, said)
        code, said = ownkernel.configure(tmp, "base", "nosuch")
        check(code == 1 and "no fragment 'nosuch'" in said, said)
        check(pathlib.Path(tmp, ".config").exists(), "no configuration was made")


main(story)
