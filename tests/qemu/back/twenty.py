#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""6.12, 6.1 and 7.2 with four CPUs: twenty crashes in a row on any CPU, back by kexec after those on the
first one."""

import os

from lib import fetch, wayback
from lib.scenario import main

LONG = True
CPUS = (0, 0, 1, 2, 0)


def story():
    for suite in os.environ.get("BACK_KERNELS", "trixie bookworm sid").split():
        count = int(os.environ.get("BACK_CRASHES", "20"))
        print(f"{suite}: {count} crashes", flush=True)
        wayback.run(fetch.kernel(suite), [
            wayback.Step(cpu=CPUS[n % len(CPUS)], conf="kexec_min_uptime 0\n") for n in range(count)], smp=4)


main(story)
