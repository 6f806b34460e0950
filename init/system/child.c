/* SPDX-License-Identifier: MIT */
/*
 * fork, a page of shared memory, SIGCHLD with a time limit, SIGKILL. PID 1 itself is never chosen
 * by the OOM killer (the kernel spares the global init), so memory that runs out ends the child.
 */
#include "init/system/child.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "init/system/limits.h"
#include "lib/clock.h"

enum { TICK_MS = 1000 }; /* how often progress is looked at */

static void (*ticks[CHILD_TICKS])(void);
static struct child *mine; /* in a child */
static unsigned left_behind;

void child_on_tick(void (*fn)(void))
{
	for (unsigned i = 0; i < CHILD_TICKS; i++) {
		if (!ticks[i] || ticks[i] == fn) {
			ticks[i] = fn;
			return;
		}
	}
}

static void tick_all(void)
{
	for (unsigned i = 0; i < CHILD_TICKS && ticks[i]; i++)
		ticks[i]();
}

unsigned child_left_behind(void)
{
	return left_behind;
}

const char *child_outcome_name(enum child_outcome o)
{
	static const char *const names[] = {
		[CHILD_DONE] = "done",		 [CHILD_FAILED] = "failed",
		[CHILD_CRASHED] = "crashed",	 [CHILD_STALLED] = "stalled",
		[CHILD_TIMED_OUT] = "timed out",
	};

	return names[o];
}

void child_why(struct child *self, const char *fmt, ...)
{
	va_list ap;

	if (self->why[0])
		return;
	va_start(ap, fmt);
	vsnprintf(self->why, sizeof(self->why), fmt, ap);
	va_end(ap);
}

void child_looks_at(const char *what)
{
	if (!mine)
		return;
	snprintf(mine->looks_at, sizeof(mine->looks_at), "%s", what ? what : "");
	atomic_fetch_add(&mine->moved, 1);
}

static void *answer_of(struct child *shared)
{
	return shared + 1;
}

/* The child's side. Its own session, so that a kill takes its children too. */
static void become_child(const char *name)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	prctl(PR_SET_NAME, name);
}

static _Noreturn void child_main(const struct child_job *job, struct child *shared)
{
	become_child(job->name);
	mine = shared;
	shared->error = job->run(job->ctx, answer_of(shared), shared);
	shared->finished = true;
	_exit(0);
}

/* Reaps all that ended, orphans too. Was pid among them? */
static bool reap(pid_t pid, int *status, struct rusage *usage)
{
	struct rusage u;
	bool seen = false;
	pid_t got;
	int st;

	while ((got = wait4(-1, &st, WNOHANG, &u)) > 0) {
		if (got != pid)
			continue;
		*status = st;
		*usage = u;
		seen = true;
	}
	return seen;
}

/* Sleeps until a SIGCHLD, ms at most. */
static void sleep_for_child(uint64_t ms)
{
	struct timespec t = { .tv_sec = (time_t)(ms / 1000),
			      .tv_nsec = (long)(ms % 1000) * 1000000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigtimedwait(&set, NULL, &t);
}

static void tick_job(const struct child_job *job, uint64_t elapsed_ms, uint64_t still_ms)
{
	const struct child_tick t = { .elapsed_ms = elapsed_ms,
				      .still_ms = still_ms,
				      .limit_s = job->limit_s,
				      .stall_s = job->stall_s };

	tick_all();
	if (job->tick)
		job->tick(job->tick_ctx, &t);
}

static bool looks_too_long(const struct child_job *job, const struct child *shared,
			   uint64_t still_ms)
{
	return job->look_s && still_ms >= job->look_s * 1000ull && shared->looks_at[0];
}

/* True when pid ended by itself; else *end says which limit it broke. */
static bool wait_within_limits(pid_t pid, const struct child_job *job, struct child *shared,
			       int *status, struct rusage *usage, struct child_end *end)
{
	uint64_t start = clock_boot_ms(), moved_at = start, moved = 0, ticked_at = start;

	tick_all();
	for (;;) {
		uint64_t now, tick = TICK_MS, limit = start + job->limit_s * 1000ull;

		if (reap(pid, status, usage))
			return true;
		now = clock_boot_ms();
		if (atomic_load(&shared->moved) != moved) {
			moved = atomic_load(&shared->moved);
			moved_at = now;
		}
		if (now >= limit) {
			end->outcome = CHILD_TIMED_OUT;
			return false;
		}
		if ((job->stall_s && now - moved_at >= job->stall_s * 1000ull) ||
		    looks_too_long(job, shared, now - moved_at)) {
			end->outcome = CHILD_STALLED;
			return false;
		}
		if (now - ticked_at >= TICK_MS) {
			ticked_at = now;
			tick_job(job, now - start, now - moved_at);
		}
		if (limit - now < tick)
			tick = limit - now;
		sleep_for_child(tick);
	}
}

static bool kill_and_reap(pid_t pid, unsigned limit_s, int *status, struct rusage *usage)
{
	uint64_t limit = clock_boot_ms() + limit_s * 1000ull, now;

	kill(pid, SIGKILL);
	kill(-pid, SIGKILL);
	while (!reap(pid, status, usage)) {
		now = clock_boot_ms();
		if (now >= limit)
			return false;
		tick_all();
		sleep_for_child(limit - now < TICK_MS ? limit - now : TICK_MS);
	}
	return true;
}

static void say_why(struct child_end *end, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say_why(struct child_end *end, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(end->why, sizeof(end->why), fmt, ap);
	va_end(ap);
}

/* It ended by itself: well, with an error, or by a signal. */
static void judge(const struct child *shared, int status, struct child_end *end)
{
	if (WIFSIGNALED(status)) {
		end->outcome = CHILD_CRASHED;
		say_why(end, "crashed: signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	} else if (!shared->finished) {
		end->outcome = CHILD_CRASHED;
		say_why(end, "crashed: exit %d in the middle", WEXITSTATUS(status));
	} else if (shared->error) {
		end->outcome = CHILD_FAILED;
		end->error = shared->error;
		if (shared->why[0])
			say_why(end, "%.*s", CHILD_WHY_BYTES - 1, shared->why);
		else
			say_why(end, "%s", strerror(-shared->error));
	} else {
		end->outcome = CHILD_DONE;
	}
}

/* It was killed at a limit. */
static void say_limit(const struct child_job *job, const char *stuck, struct child_end *end)
{
	if (end->looked_at[0])
		say_why(end, "%s does not answer%s", end->looked_at, stuck);
	else if (end->outcome == CHILD_STALLED)
		say_why(end, "stalled: nothing moved for %u s%s", job->stall_s, stuck);
	else
		say_why(end, "not done after %u s%s", job->limit_s, stuck);
}

static void oversee(pid_t pid, const struct child_job *job, struct child *shared,
		    struct child_end *end)
{
	struct rusage usage = { 0 };
	int status = 0;
	bool gone = true;

	if (wait_within_limits(pid, job, shared, &status, &usage, end)) {
		judge(shared, status, end);
	} else {
		if (job->look_s)
			snprintf(end->looked_at, sizeof(end->looked_at), "%.*s",
				 CHILD_LOOK_BYTES - 1, shared->looks_at);
		/* a child that only looked has left nothing that the next one could meet */
		gone = kill_and_reap(pid, end->looked_at[0] ? LIMIT_KILL_LOOK_S : LIMIT_KILL_S,
				     &status, &usage);
		left_behind += !gone;
		say_limit(job, gone ? "" : "; stuck in the kernel, left behind", end);
	}
	end->peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
	end->moved = atomic_load(&shared->moved);
	/* a crash is never the target's: another thread may have been inside it at that moment */
	end->target_at_fault = shared->target_error ||
			       (end->outcome >= CHILD_STALLED && atomic_load(&shared->in_target));
	if (job->answer_bytes && end->outcome <= CHILD_FAILED)
		memcpy(job->answer, answer_of(shared), job->answer_bytes);
}

/* -errno for a step that did not even start */
static int not_started(struct child_end *end, const char *what)
{
	end->error = -errno;
	end->outcome = CHILD_FAILED;
	say_why(end, "%s: %s", what, strerror(errno));
	return end->error;
}

static int error_of(const struct child_end *end)
{
	switch (end->outcome) {
	case CHILD_DONE:
		return 0;
	case CHILD_FAILED:
		return end->error;
	case CHILD_CRASHED:
		return -EFAULT;
	default:
		return -ETIMEDOUT;
	}
}

int child_start(const char *name, void (*run)(const void *ctx), const void *ctx)
{
	pid_t pid = fork();

	if (!pid) {
		become_child(name);
		run(ctx);
		_exit(0);
	}
	return pid < 0 ? -errno : pid;
}

int child_run(const struct child_job *job, struct child_end *ret)
{
	size_t bytes = sizeof(struct child) + job->answer_bytes;
	struct child *shared;
	sigset_t chld, before;
	pid_t pid;

	*ret = (struct child_end){ .started_ms = clock_boot_ms() };
	shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return not_started(ret, "shared memory");
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &before);
	pid = fork();
	if (!pid)
		child_main(job, shared);
	if (pid < 0)
		not_started(ret, "fork");
	else
		oversee(pid, job, shared, ret);
	sigprocmask(SIG_SETMASK, &before, NULL);
	munmap(shared, bytes);
	ret->elapsed_ms = clock_boot_ms() - ret->started_ms;
	return error_of(ret);
}
