#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""7.2, PUT to nginx over TLS: independent readers open the flattened dump."""

from lib.scenario import capture_and_check, main

main(lambda: capture_and_check(kernel="sid", targets=("https",),
                               readers=("makedumpfile", "libkdumpfile",
                                        "drgn")))
