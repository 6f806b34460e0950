#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each fragment of a crash kernel of our own configures; an option that is dropped is named."""

import pathlib
import tempfile

from lib import ownkernel
from lib.scenario import check, main


def story():
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
