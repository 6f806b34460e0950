#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""NVMe, ext4, 7.2: the config names the partition, by PARTUUID, and then by PARTLABEL."""

from lib.scenario import capture_and_check, main

LONG = True


def story():
    def packed(run, _at, text):
        if "target 1:" in text:
            run.packed += text

    for name in ("PARTUUID={part}", "PARTLABEL=dumps"):
        capture_and_check(
            kernel="sid", targets=("ext4",), bus="nvme", gpt=True,
            conf="path {path}\next4 " + name + "\nextra_modules nvme\n",
            load=False, readers=("makedumpfile", "libkdumpfile"))


main(story)
