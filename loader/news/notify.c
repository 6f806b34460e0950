/* SPDX-License-Identifier: MIT */
#include "loader/news/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/text.h"

enum { EXIT_NOT_RUN = 127, LOOK_MS = 20 };

static void set_environment(const struct dump_report *d, uint64_t bytes)
{
	char when[TEXT_UTC_BYTES], number[24];

	text_utc((int64_t)d->time_s, when);
	snprintf(number, sizeof(number), "%" PRIu64, bytes);
	setenv("KDUMP_TIME", when, 1);
	setenv("KDUMP_HOST", d->host, 1);
	setenv("KDUMP_RELEASE", d->release, 1);
	setenv("KDUMP_STATE", d->read ? d->state : "unfinished", 1);
	setenv("KDUMP_PANIC", d->panic, 1);
	setenv("KDUMP_BYTES", number, 1);
}

/* In the child. */
static void run_program(const char *file, const char *folder, const struct dump_report *d,
			uint64_t bytes)
{
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	set_environment(d, bytes);
	execl(file, file, folder, (char *)NULL);
	_exit(EXIT_NOT_RUN);
}

/* False: it still runs after limit_ms. */
static bool wait_for(pid_t pid, uint64_t limit_ms, int *ret_status)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000 };
	uint64_t end = clock_mono_ms() + limit_ms;

	while (waitpid(pid, ret_status, WNOHANG) != pid) {
		if (clock_mono_ms() >= end)
			return false;
		nanosleep(&look, NULL);
	}
	return true;
}

int notify_run(const char *file, const char *folder, const struct dump_report *d, uint64_t bytes,
	       unsigned limit_s, int *ret_status)
{
	bool ended;
	pid_t pid;

	*ret_status = 0;
	if (access(file, X_OK) < 0)
		return -errno;
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		run_program(file, folder, d, bytes);
	/* here too, so that it is one before it can be killed as one */
	setpgid(pid, pid);
	ended = wait_for(pid, (uint64_t)limit_s * 1000, ret_status);
	kill(-pid, SIGKILL);
	if (!ended)
		waitpid(pid, ret_status, 0);
	return !ended ? -ETIME : *ret_status ? -ECHILD : 0;
}
