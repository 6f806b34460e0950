#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.1, cloud and normal kernel: pages as makedumpfile's, every format in every reader.

Runs only when named. 4- and 5-level paging, THP, hugetlb pages of 2 MiB and 1 GiB,
memory plugged in and taken away, page poisoning, swap on zram behind zswap."""

from lib import matrix
from lib.scenario import main

LONG = True

main(lambda: matrix.run_cases(matrix.cases("bookworm")))
