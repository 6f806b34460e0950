# SPDX-License-Identifier: MIT
"""Kernel modules for the production guest: names -> ordered, plain .ko files."""

import gzip
import lzma
import pathlib
import subprocess

from . import tools


def _name(path):
    return pathlib.PurePath(path).name.split(".ko")[0].replace("-", "_")


def _read(path):
    """The module's bytes, decompressed: the guest's loader wants them plain."""
    data = path.read_bytes()
    if path.suffix == ".xz":
        return lzma.decompress(data)
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        return subprocess.run([*tools.argv("zstd"), "-dcq"], input=data,
                              check=True, timeout=60,
                              stdout=subprocess.PIPE).stdout
    return data


def known(folder):
    """All names that are modules here or built in."""
    folder = pathlib.Path(folder)
    return {_name(line.partition(":")[0])
            for part in ("modules.dep", "modules.builtin")
            for line in (folder / part).read_text().splitlines()}


def paths(folder, names):
    """Files of these modules and of all they need, in loading order, relative
    to folder, which is lib/modules/RELEASE. Built-in ones are left out; an
    absent one raises KeyError with its name."""
    folder = pathlib.Path(folder)
    deps = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        path, _, rest = line.partition(":")
        deps[_name(path)] = (path, rest.split())
    builtin = {_name(p) for p in
               (folder / "modules.builtin").read_text().split()}
    order = []

    def add(name):
        if name in builtin or name in order:
            return
        for need in reversed(deps[name][1]):    # modules.dep: deepest last
            add(_name(need))
        order.append(name)

    for name in _with_soft(folder, names):
        add(name.replace("-", "_"))
    return [deps[name][0] for name in order]


def resolve(folder, names):
    """[(file name, bytes)] of plain modules, names in loading order."""
    return [(f"{i:03}-{_name(p)}.ko", _read(pathlib.Path(folder, p)))
            for i, p in enumerate(paths(folder, names))]


def _with_soft(folder, names):
    """names, each preceded by its 'pre:' soft dependencies."""
    soft = {}
    path = folder / "modules.softdep"
    for line in path.read_text().splitlines() if path.exists() else ():
        words = line.split()
        if len(words) > 3 and words[0] == "softdep" and "pre:" in words:
            pre = words[words.index("pre:") + 1:]
            pre = pre[:pre.index("post:")] if "post:" in pre else pre
            soft[words[1]] = pre
    present = known(folder)
    for name in names:
        for pre in soft.get(name, ()):
            if pre.replace("-", "_") in present:
                yield pre
        yield name
