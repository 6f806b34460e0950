# SPDX-License-Identifier: MIT
"""What a scenario script needs: a run, and checks that say what they miss.

A script ends with exit 0 or raises; run.py counts. Its doc string is its
goal."""

import contextlib
import os
import re
import sys
import traceback

from . import arch, crash, fetch, story, verify
from .verify import CheckError, check

__all__ = ["CheckError", "capture_and_check", "check", "crashed", "expect",
           "expect_not", "main", "verify"]


@contextlib.contextmanager
def crashed(**options):
    """Crash a guest with these crash.Options; the run, told on stdout."""
    with crash.Crash(crash.Options(**options)) as run:
        try:
            run.go()
            yield run
        except (CheckError, crash.CrashError):
            for line in run.said():
                print("   ", line)
            raise
        finally:
            if run.machine:
                story.tell(run)


def capture_and_check(readers=None, **options):
    """A capture that must succeed; every reader looks at it."""
    of = arch.of(options.get("arch"))
    kernel = fetch.kernel(options.pop("kernel"), debug=debug_symbols(), arch=of.debian, meta=of.kernel)
    with crashed(kernel=kernel, **options) as run:
        for line in verify.everything(run, readers):
            print("  ok:", line, flush=True)


def debug_symbols():
    """Are kernels to be fetched with symbols? NO_DEBUG=1 saves 350 MB each."""
    return not os.environ.get("NO_DEBUG")


def expect(run, pattern, what):
    """kdump-init said a line that matches; returns it."""
    for line in run.said():
        if re.search(pattern, line):
            return line
    raise CheckError(f"{what}: no line of kdump-init matches {pattern!r}")


def expect_not(run, pattern, what):
    """kdump-init said nothing that matches."""
    for line in run.said():
        check(not re.search(pattern, line), f"{what}: {line}")


def main(story_of):
    """Run a scenario's function; its failures are one line on stderr."""
    try:
        story_of()
    except Exception as err:    # pylint: disable=broad-except
        if not isinstance(err, (CheckError, crash.CrashError)):
            traceback.print_exc()
        print(f"FAILED: {err}", file=sys.stderr)
        sys.exit(1)
