/* SPDX-License-Identifier: MIT */
#include "lib/cpus.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#define MAX_POSSIBLE (1u << 16) /* eight times what a kernel can be built for (MAXSMP) */

/* Asks with a set of n CPUs. 0, or -EINVAL: more are possible. */
static int count_allowed(unsigned n, unsigned *ret)
{
	size_t size = CPU_ALLOC_SIZE(n);
	cpu_set_t *set = CPU_ALLOC(n);
	int r = !set ? -ENOMEM : sched_getaffinity(0, size, set) ? -errno : 0;

	if (!r)
		*ret = (unsigned)CPU_COUNT_S(size, set);
	CPU_FREE(set);
	return r;
}

unsigned cpus_allowed(void)
{
	unsigned n = CPU_SETSIZE, allowed = 1;

	while (count_allowed(n, &allowed) == -EINVAL && n < MAX_POSSIBLE)
		n *= 2;
	return allowed ? allowed : 1;
}
