#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""aarch64, riscv64: crash kernels that are an EFI zboot file and an Image.gz, by kexec_load and by kexec_file_load."""

from lib import archcircle
from lib.scenario import main

LONG = True

main(archcircle.packed_kernels)
