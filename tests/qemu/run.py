#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Run the scenarios of this folder: run.py [-j N] [-v] [--long] [--list] [NAME...]

A scenario is GROUP/NAME.py. A NAME of the command line is a group, a scenario's name with its
group or without, or a pattern such as 'disk-faults/ext4-*'. Without names, all run but those that
say LONG: they take long, or vary what another one shows; --long takes these too. Two run at a
time, and beside them one of those that say WAITS. The console logs of a failed one are kept and
named. The last line is "N passed, N failed"."""

import argparse
import concurrent.futures
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import time

from lib import apt, debian, fetch, offline, packaged, paths, qemu, tools

LIMIT_S = 900
LONG_LIMIT_S = 5400     # of those that run only when named


def prepare(scripts):
    """Fetch and make once what scenarios share, so that none waits for another."""
    if tools.missing():
        sys.exit("run.py: please install: " + ", ".join(tools.missing()))
    fetch.tools()
    for suite in ("bookworm", "trixie", "sid"):
        kernel = fetch.kernel(suite, debug=not os.environ.get("NO_DEBUG"))
    if any(imports(s, "debian_guest") for s in scripts):
        debian.installed()
    # outside the scenarios' time limits, and not twice at a time
    if any(imports(s, "packaged") for s in scripts):
        packaged.package()
    if any(imports(s, "offline") for s in scripts):
        offline.base()
    print(f"QEMU: {qemu.accel_for(kernel)}", flush=True)


def name_of(script):
    """GROUP/NAME"""
    return f"{script.parent.name}/{script.stem}"


def imports(script, name):
    """Does it name this module of lib?"""
    return re.search(rf"^from lib import .*\b{name}\b", script.read_text(), re.M)


def says(script, word):
    """Does it set this name to True?"""
    return f"\n{word} = True\n" in script.read_text()


def only_named(script):
    """Does it say LONG, as it runs only when it is named?"""
    return says(script, "LONG")


def waits(script):
    """Does it say WAITS, as it waits for time limits and leaves the CPUs alone?"""
    return says(script, "WAITS")


def goal(script):
    """The first line of the script's doc string."""
    for line in script.read_text().splitlines():
        if line.startswith('"""'):
            return line.strip('"')
    return ""


def run(script, logs):
    """(passed, seconds, output) of one scenario."""
    begin = time.monotonic()
    limit = LONG_LIMIT_S if only_named(script) else LIMIT_S
    tmp = logs / name_of(script).replace("/", "-")
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True)
    env = dict(os.environ, TMPDIR=str(tmp), PYTHONDONTWRITEBYTECODE="1",
               PYTHONPATH=str(paths.QEMU_DIR), CRASHTEST_LOGS=str(tmp))
    with subprocess.Popen([sys.executable, str(script)], text=True, env=env,
                          stdin=subprocess.DEVNULL, errors="replace",
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as proc:
        try:
            out, _ = proc.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            proc.kill()
            out = proc.communicate()[0] + f"\nno end after {limit} s"
    passed = proc.returncode == 0
    (tmp / "output").write_text(out)
    if passed:
        shutil.rmtree(tmp, ignore_errors=True)
    return passed, time.monotonic() - begin, out


def is_meant(name, script):
    """Is name the script's group, its name, or a pattern that it fits?"""
    name = name.removesuffix(".py").removesuffix("/")
    group, whole = script.parent.name, name_of(script)
    return name == group or any(fnmatch.fnmatchcase(n, name) for n in (whole, script.stem))


def select(names, long=False):
    """The scripts with these names, or all that need no name, by group and name."""
    every = sorted((s for s in paths.QEMU_DIR.glob("*/*.py")
                    if goal(s) and "from lib" in s.read_text()), key=name_of)
    if not names:
        return [s for s in every if long or not only_named(s)]
    for name in names:
        if not any(is_meant(name, s) for s in every):
            sys.exit(f"run.py: {name}: unknown scenario (run.py --list names them)")
    return [s for s in every if any(is_meant(n, s) for n in names)]


def show(scripts):
    """A line for each."""
    for s in scripts:
        print(f"{name_of(s):40} {'LONG' if only_named(s) else '    '} {goal(s)}")


def main():
    """All scenarios; exit 0 if all passed."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("-j", type=int, default=2, help="how many at a time")
    p.add_argument("-v", action="store_true", help="show what each one says")
    p.add_argument("--long", action="store_true", help="those that say LONG too")
    p.add_argument("--list", action="store_true", help="show what there is, run nothing")
    p.add_argument("names", nargs="*")
    args = p.parse_args()
    scripts = select(args.names, args.long or args.list)
    if args.list:
        show(scripts)
        return 0
    try:
        prepare(scripts)
    except (apt.AptError, tools.ToolError) as err:
        sys.exit(f"run.py: {err}")
    logs = paths.BUILD / "test/qemu"
    failed = 0
    # one that waits runs beside the others
    with concurrent.futures.ThreadPoolExecutor(args.j) as busy, \
            concurrent.futures.ThreadPoolExecutor(1) as idle:
        jobs = {(idle if waits(s) else busy).submit(run, s, logs): s for s in scripts}
        for job in concurrent.futures.as_completed(jobs):
            script, (passed, seconds, out) = jobs[job], job.result()
            failed += not passed
            print(f"{'ok  ' if passed else 'FAIL'} {name_of(script)} "
                  f"({seconds:.0f} s): {goal(script)}", flush=True)
            if not passed or args.v:
                print("".join(f"    {l}\n" for l in out.splitlines()[-60:]),
                      flush=True)
    if failed:
        print(f"logs: {logs}")
    print(f"{len(scripts) - failed} passed, {failed} failed")
    return 1 if failed or not scripts else 0


if __name__ == "__main__":
    sys.exit(main())
