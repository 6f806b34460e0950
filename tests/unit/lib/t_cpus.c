/* SPDX-License-Identifier: MIT */
#include "lib/cpus.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "tests/unit/test.h"

static unsigned possible, allowed, asked;
static int error;

/* In place of the library's; as kernel/sched/syscalls.c: too short for all possible CPUs is EINVAL. */
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	asked++;
	errno = error ? error : EINVAL;
	if (pid || error || size * 8 < possible || size % sizeof(long))
		return -1;
	memset(set, 0, size);
	for (unsigned i = 0; i < allowed; i++)
		CPU_SET_S(possible - 1 - i, size, set);
	return 0;
}

static void check(unsigned of, unsigned n)
{
	possible = of;
	allowed = n;
	error = 0;
	CHECK_EQ(cpus_allowed(), n);
}

TEST(any_number_of_possible_cpus)
{
	check(1, 1);
	check(2, 2);
	check(1024, 1024);
	check(1025, 1025);
	check(1032, 7);
	check(8192, 96);
	check(60000, 59999);
}

TEST(a_kernel_that_does_not_say)
{
	static const int errors[] = { EINVAL, EPERM, ENOSYS };

	for (unsigned i = 0; i < 3; i++) {
		error = errors[i];
		asked = 0;
		CHECK_EQ(cpus_allowed(), 1);
		CHECK(asked < 20);
	}
	error = possible = allowed = 0;
	CHECK_EQ(cpus_allowed(), 1);
}
