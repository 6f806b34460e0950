#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Run the scenarios of this folder: run.py [-j N] [NAME...]

Without names, all of NN-*.py up to 59; the others take long. "6x" names a whole
group. Two run at a time; the console logs of a failed
one are kept and named. The last line is "N passed, N failed"."""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import time

from lib import apt, fetch, paths, qemu, tools

LIMIT_S = 900
ONLY_NAMED, LONG_LIMIT_S = 60, 5400     # scenarios from this number on


def prepare():
    """Fetch once what all scenarios share, so that none waits for another."""
    if tools.missing():
        sys.exit("run.py: please install: " + ", ".join(tools.missing()))
    fetch.tools()
    for suite in ("bookworm", "trixie", "sid"):
        kernel = fetch.kernel(suite, debug=not os.environ.get("NO_DEBUG"))
    print(f"QEMU: {qemu.accel_for(kernel)}", flush=True)


def only_named(script):
    """Does a script run only when it is named?"""
    return int(script.stem[:2]) >= ONLY_NAMED


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
    tmp = logs / script.stem
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True)
    env = dict(os.environ, TMPDIR=str(tmp), PYTHONDONTWRITEBYTECODE="1",
               CRASHTEST_LOGS=str(tmp))
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


def select(names):
    """The scripts with these names, or all that need no name."""
    every = sorted(paths.QEMU_DIR.glob("[0-9][0-9]-*.py"))
    if not names:
        return [s for s in every if not only_named(s)]
    found = [s for s in every if any(
        n in (s.name, s.stem, s.stem[:2], f"{s.stem[0]}x") for n in map(
            lambda n: pathlib.Path(n).name, names))]
    if len(found) < len(names):
        sys.exit("run.py: unknown scenario among: " + " ".join(names))
    return found


def main():
    """All scenarios; exit 0 if all passed."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("-j", type=int, default=2, help="how many at a time")
    p.add_argument("-v", action="store_true", help="show what each one says")
    p.add_argument("names", nargs="*")
    args = p.parse_args()
    scripts = select(args.names)
    try:
        prepare()
    except (apt.AptError, tools.ToolError) as err:
        sys.exit(f"run.py: {err}")
    logs = paths.BUILD / "test/qemu"
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        jobs = {pool.submit(run, s, logs): s for s in scripts}
        for job in concurrent.futures.as_completed(jobs):
            script, (passed, seconds, out) = jobs[job], job.result()
            failed += not passed
            print(f"{'ok  ' if passed else 'FAIL'} {script.stem} "
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
