#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""QEMU's dumps of aarch64 in all its formats: of one stopped guest the same pages and bytes from each.

A kdump file of QEMU has blocks of 64 KiB there, the kernel's pages are of 4 or of 16 KiB. Guests with the vmcoreinfo device and
without, after a panic and at work; --info, the log, levels 0 and 31 from each format are those from the ELF core, and
libkdumpfile's pages are the RAM's."""

from lib import qemublocks
from lib.scenario import main

LONG = True

main(qemublocks.story)
