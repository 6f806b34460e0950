# SPDX-License-Identifier: MIT
"""Dumps that are sealed: keys, stock age, and that nothing lies open beside them."""

import pathlib
import shutil
import subprocess

from .verify import CheckError, check

SECRET = b"Kernel panic - not syncing"


class Keys:
    """Key pairs in a folder; `encrypt` is the line for kdump.conf."""

    def __init__(self, folder, n=2):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(parents=True)
        for i in range(n):
            subprocess.run(["age-keygen", "-o", self.dir / str(i)], check=True,
                           stderr=subprocess.DEVNULL)
        self.public = [subprocess.run(["age-keygen", "-y", self.dir / str(i)], check=True,
                                      capture_output=True, text=True).stdout.strip()
                       for i in range(n)]

    @property
    def line(self):
        """All of them in one line."""
        return f"encrypt {' '.join(self.public)}\n"

    def open(self, path, key=0):
        """Unseals a file beside it; its path."""
        out = path.with_name(path.name.removesuffix(".age"))
        done = subprocess.run(["age", "-d", "-i", self.dir / str(key), "-o", out, path],
                              check=False, capture_output=True, text=True)
        check(done.returncode == 0, f"{path.name}: age: {done.stderr.strip()}")
        return out

    def open_folder(self, folder, to, key):
        """A copy of a dump's folder, with each file unsealed."""
        shutil.copytree(folder, to)
        for path in sorted(to.glob("*.age")):
            self.open(path, key)
        return to


def nothing_open(files, report):
    """No file says in plain text why the machine crashed."""
    for path in files:
        check(SECRET not in path.read_bytes(), f"{path.name}: the panic line lies open")
    check(report.get("panic") is None, "kdump.json: the panic line lies open")
    check(report.get("sealed", {}).get("panic"), "kdump.json: no sealed panic line")


def refused_without_key(path, keys):
    """Another key opens nothing."""
    other = Keys(keys.dir / "other", 1)
    try:
        other.open(path)
    except CheckError:
        return
    raise CheckError(f"{path.name}: opened by a key that it was not sealed to")
