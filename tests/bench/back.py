# SPDX-License-Identifier: MIT
"""How long production is away when a capture has ended: from kdump-init's last line to the first process of the next kernel,
by kexec and through EFI firmware, on one machine in turn. An emulated machine's firmware tests no memory and waits for no
controller: a real one's takes longer, and kexec does not."""

import core  # noqa: F401  (it puts the folder of lib into the path)
from lib import fetch, wayback

SUITE = "trixie"
ROUNDS = 2


def _took(run, n):
    return {"wall_s": run.boots[n + 1].at - run.boots[n].left}


def run(rows, rounds):
    """{row name: [{wall_s}, …]}; each round is a return by kexec, and one that kexec_min_uptime refuses."""
    steps = [wayback.Step(conf="kexec_min_uptime 86400\n", back=n % 2 == 0) for n in range(2 * min(rounds, ROUNDS))]
    session = wayback.run(fetch.kernel(SUITE), steps, efi=True, crashkernel="192M")
    times = {"kexec": [_took(session, n) for n in range(0, len(steps), 2)],
             "firmware": [_took(session, n) for n in range(1, len(steps), 2)]}
    return {row.name: times[row.words[0]] for row in rows}
