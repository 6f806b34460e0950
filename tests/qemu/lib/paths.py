# SPDX-License-Identifier: MIT
"""Where things are: the clone, its build folder and the download cache."""

import os
import pathlib

QEMU_DIR = pathlib.Path(__file__).resolve().parent.parent
TOP = QEMU_DIR.parent.parent
BUILD = pathlib.Path(os.environ.get("BUILD", TOP / "build")).resolve()
# in a package the programs are those of the system
PACKAGED = not (TOP / "Makefile").exists()
# what `make install` lays out, for the scenarios: make stage
STAGE = pathlib.Path("/") if PACKAGED else BUILD / "stage"
INSTALLED = {"kdump-init": "usr/lib/kdump-init", "kdump-loader": "usr/sbin",
             "kdump-mkinitrd": "usr/sbin", "kdump-dumper": "usr/sbin",
             "kdump-verify": "usr/lib/kdump-init"}


def cache(*parts):
    """A folder below ${XDG_CACHE_HOME:-~/.cache}/kdump-init, made if absent."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    path = pathlib.Path(base, "kdump-init", *parts)
    path.mkdir(parents=True, exist_ok=True)
    return path
