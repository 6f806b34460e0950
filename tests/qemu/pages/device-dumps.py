#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""2 GB of device dumps stand in the notes of /proc/vmcore: all of it is in the dump, in little memory.

No kernel of Debian's takes device dumps: this one is built from sid's linux-source. The module has them ready when
it is loaded in the capture kernel."""

import array
import struct

from lib import ownkernel
from lib.scenario import check, crashed, main, verify

LONG = True

CONF = ("path {path}\next4 UUID={uuid}\ncore_collector kdump-dumper -z -d 31\n"
        "extra_modules virtio_pci virtio_blk devdump\n")
MIB = 2040
HEADER = 64             # struct vmcoredd_header
MOST_RSS = 16 << 20


def check_notes(core):
    """The device's words count up from 0 in the dump's notes."""
    with open(core, "rb") as f:
        head = f.read(16 << 10)
        block_size = struct.unpack_from("<i", head, 428)[0]
        offset, size = struct.unpack_from("<QQ", head, block_size + 48)
        check(size > MIB << 20, f"the notes are {size} bytes")
        f.seek(offset + HEADER)
        for begin in range(0, MIB << 17, 1 << 17):
            words = array.array("Q", f.read(1 << 20))
            check(words == array.array("Q", range(begin, begin + (1 << 17))),
                  f"word {begin} and those behind it are not the device's")
    return f"{MIB} MiB of the device in {size} bytes of notes"


def story():
    with crashed(kernel=ownkernel.production("sid"), mem="6G", crashkernel="2400M",
                 conf=CONF, disk_size="4G", timeout=900,
                 append="novmcoredd=0") as run:
        for line in verify.everything(run, ("makedumpfile", "libkdumpfile")):
            print("  ok:", line, flush=True)
        print("  ok:", check_notes(run.core), flush=True)
        told = run.console(r"vmcore: 0 %.* MB written")
        check(told, "nothing is said while the notes are written")
        rss = run.report["vmcore"]["peak_rss_bytes"]
        check(rss <= MOST_RSS, f"the dump's process took {rss} bytes")


main(story)
