# SPDX-License-Identifier: MIT
"""Dumpers in a capture kernel: a loaded guest crashes, and what its crash kernel
has on its image writes /proc/vmcore to the same disk in turn."""

import pathlib
import re
import subprocess
import tempfile

import core
from lib import apt, arch, disk, fetch, tools     # core has put their folder into the path

GUEST = {"mem_mib": 1536, "load": 1, "content_mib": 300, "tmpfs_mib": 120, "anon_mib": 180,
         "small_mib": 100, "huge_mib": 32, "trees": 6, "pipes": 300}
RESULT = re.compile(r"dump (\d+) ([\d.]+) ([\d.]+) ([\d.]+) (\d+) (\d+)( failed)?")
TOOLS = "/tools"
NATIVE = arch.of("x86_64")


def _makedumpfile(of):
    """{file in the image: bytes} of an architecture's makedumpfile with its own ld.so, and the
    words that run it."""
    if apt.available():
        root = fetch.tools() if of.native else fetch.closed("makedumpfile", "sid", "makedumpfile", arch=of.debian)
        libs = f"{root}/usr/lib/{of.uname}-linux-gnu:{root}/usr/lib"
        command = [*of.argv(root / of.ld), "--library-path", libs, "--list",
                   f"{root}/usr/bin/makedumpfile"]
    else:
        command = ["ldd", tools.argv("makedumpfile")[0]]
    listed = subprocess.run(command, text=True, check=True, timeout=60,
                            stdout=subprocess.PIPE).stdout
    files = {name: pathlib.Path(path).read_bytes() for name, path in
             re.findall(r"^\s*(\S+) => (\S+) \(", listed, re.M)}
    # a static one needs none of them
    loader = next((n for n in files if "ld-linux" in n or "ld-musl" in n), None)
    files = {pathlib.Path(n).name: data for n, data in files.items()}
    if apt.available():
        loader = pathlib.Path(of.ld).name
        files[loader] = (root / of.ld).read_bytes()
    files["makedumpfile"] = pathlib.Path(command[-1]).read_bytes()
    words = [f"{TOOLS}/makedumpfile"]
    if loader:
        words = [f"{TOOLS}/{pathlib.Path(loader).name}", "--library-path", TOOLS, *words]
    return files, words


def image(rows, of=NATIVE):
    """{file: bytes} of a capture image, beside the guest's: what runs the rows."""
    files, makedumpfile = _makedumpfile(of)
    files["kdump-dumper"] = (of.build / "kdump-dumper").read_bytes()
    programs = {"makedumpfile": makedumpfile, "kdump-dumper": [f"{TOOLS}/kdump-dumper"]}
    names = {"SRC": "/proc/vmcore", "DST": "/target/dump"}
    lines = [" ".join(programs[r.words[0]] + [names.get(w, w) for w in r.words[1:]])
             for r in rows]
    ret = {f"{TOOLS}/{name}": data for name, data in files.items()}
    ret["commands"] = "\n".join(lines) + "\n"
    return ret


def result(text):
    """(number of the row, what it took) of a line of the guest's; None: it is no dump, or one that failed."""
    found = RESULT.match(text)
    if not found or found[7]:
        return None
    which, wall, user, kernel, rss, size = found.groups()[:6]
    return int(which), {"wall_s": float(wall), "user_s": float(user), "sys_s": float(kernel),
                        "rss_bytes": int(rss) << 10, "size": int(size)}


def run(cpus, rows, rounds):
    """{row name: [{wall_s, user_s, sys_s, rss_bytes, size}, …]} of rows in a
    capture kernel of so many CPUs; a row whose program fails is left out."""
    got = {r.name: [] for r in rows}
    settings = {**GUEST, "capture_cpus": cpus, "rounds": rounds}
    with tempfile.TemporaryDirectory(prefix="kdump-bench-", dir=core.folder()) as tmp:
        tmp = pathlib.Path(tmp)
        disk.make(tmp / "headers", "ext4", "2G")
        for text in core.boot(settings, tmp, ["ext4"], image(rows)):
            took = result(text)
            if took:
                got[rows[took[0]].name].append(took[1])
            if text.endswith(" CPUs") and text != f"{cpus} CPUs":
                raise core.CoreError(f"the capture kernel has {text}, not {cpus}")
    if not got[rows[0].name]:
        raise core.CoreError(f"no dump in the capture kernel ({core.folder() / 'console.log'})")
    return got
