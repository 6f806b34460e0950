#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""makedumpfile's core_collector lines work: -l, levels after each other at a limit, elf.zst."""

import subprocess

from lib import guest
from lib.scenario import check, crashed, expect, main, verify

LONG = True

CONF = ("path {{path}}\next4 UUID={{uuid}}\nextra_modules virtio_pci virtio_blk\n"
        "core_collector {}\n")


def limited():
    """At level 0 the dump is too large, at the next one it is not."""
    line = "makedumpfile -l --message-level 7 --num-threads 2 -L 45M -d 0,31"
    with crashed(kernel="sid", conf=CONF.format(line), mem="768M") as run:
        expect(run, r"vmcore: -l: .*zstd", "the line about lzo")
        expect(run, r"next: next vmcore, level 31", "the next level")
        vmcore = run.report["vmcore"]
        check(vmcore["level"] == 31 and vmcore["compression"] == "zstd", f"{vmcore}")
        verify.folder(run, state="fallback")
        print("  ok:", verify.libkdumpfile(run))


def zstd_core():
    """An ELF core in zstd frames; as a kdump file it is what readers expect."""
    line = "kdump-dumper -d 31 --format elf.zst"
    with crashed(kernel="trixie", conf=CONF.format(line)) as run:
        verify.folder(run)
        check(run.core.name == "vmcore.elf.zst", run.core.name)
        made = run.dump / "vmcore"
        for args in (["--verify", run.core], ["--convert", run.core, made]):
            done = subprocess.run([guest.program("kdump-dumper"), *args], capture_output=True,
                                  text=True, timeout=120, check=False)
            check(done.returncode == 0, f"kdump-dumper {args[0]}: {done.stderr}")
            print("  ok:", done.stderr.strip().splitlines()[-1])
        print("  ok:", verify.libkdumpfile(run))
        print("  ok:", verify.makedumpfile(run))


def story():
    limited()
    zstd_core()


main(story)
