/* SPDX-License-Identifier: MIT */
/*
 * The child that sends to the nodes of a cluster; in the place of the network stand name servers that
 * are silent, and one node that counts.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/remote/fence.h"
#include "init/remote/netup.h"
#include "lib/clock.h"
#include "net/fence.h"
#include "tests/unit/test.h"

enum { SILENT_MS = 1000, MESSAGES = 3 };

/* Of the child. */
static struct {
	_Atomic unsigned n;
	_Atomic pid_t pid;
	uint64_t at_ms[MESSAGES];
} * told;

int netup(const struct conf *conf, const struct conf_target *to, struct child *self)
{
	(void)conf, (void)to, (void)self;
	return 0;
}

int fence_resolve(const char *node, const struct conf_fence *f, struct peer *ret)
{
	(void)f;
	memset(ret, 0, sizeof(*ret));
	if (!strcmp(node, "known"))
		return 0;
	usleep(SILENT_MS * 1000);
	return -EAGAIN;
}

int fence_send(const struct peer *to)
{
	(void)to;
	told->pid = getpid();
	if (told->n < MESSAGES)
		told->at_ms[told->n] = clock_mono_ms();
	told->n++;
	return 0;
}

/* Whose agent waits for a minute must not be left without a message for names that nobody knows. */
TEST(names_that_nobody_knows_delay_no_message)
{
	struct conf conf = { .fence = { .nodes = { "a", "b", "c", "known", "d", "e", "f", "g",
						   "h" },
					.n_nodes = 9,
					.interval_s = 1 },
			     .limits = { .deadline_s = 60 } };

	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(told != MAP_FAILED);
	fence_start(&conf);
	for (unsigned i = 0; i < 200 && told->n < MESSAGES; i++)
		usleep(100000);
	CHECK(told->n >= MESSAGES);
	for (unsigned i = 1; i < MESSAGES; i++)
		CHECK(told->at_ms[i] - told->at_ms[i - 1] < 5000);
	if (told->pid)
		kill(told->pid, SIGKILL);
	while (wait(NULL) > 0)
		;
	munmap(told, sizeof(*told));
}
