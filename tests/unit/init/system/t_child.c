/* SPDX-License-Identifier: MIT */
#include "init/system/child.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "tests/unit/test.h"

static void nap(unsigned ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

static struct child_end run(int (*fn)(const void *, void *, struct child *), const void *ctx,
			    void *answer, size_t bytes, unsigned limit_s, unsigned stall_s)
{
	struct child_job job = { .name = "test",
				 .run = fn,
				 .ctx = ctx,
				 .answer = answer,
				 .answer_bytes = bytes,
				 .limit_s = limit_s,
				 .stall_s = stall_s };
	struct child_end end;

	child_run(&job, &end);
	return end;
}

static int adds_one(const void *ctx, void *answer, struct child *self)
{
	(void)self;
	*(int *)answer = *(const int *)ctx + 1;
	return 0;
}

TEST(answers)
{
	int in = 41, out = 0;
	struct child_end end = run(adds_one, &in, &out, sizeof(out), 5, 0);

	CHECK_EQ(end.outcome, CHILD_DONE);
	CHECK_EQ(out, 42);
	CHECK_STR(end.why, "");
	CHECK(end.peak_rss_bytes > 0);
}

static int fails_with_words(const void *ctx, void *answer, struct child *self)
{
	(void)ctx;
	*(int *)answer = 7;
	child_why(self, "disk %d is full", 3);
	child_why(self, "and so is the other");
	return -ENOSPC;
}

TEST(failure_has_the_first_reason_and_the_answer)
{
	int out = 0;
	struct child_end end = run(fails_with_words, NULL, &out, sizeof(out), 5, 0);

	CHECK_EQ(end.outcome, CHILD_FAILED);
	CHECK_EQ(end.error, -ENOSPC);
	CHECK_STR(end.why, "disk 3 is full");
	CHECK_EQ(out, 7);
	CHECK(!end.target_at_fault);
}

static int fails_silently(const void *ctx, void *answer, struct child *self)
{
	(void)ctx, (void)answer, (void)self;
	return -EIO;
}

TEST(failure_without_words_has_the_errno)
{
	CHECK_STR(run(fails_silently, NULL, NULL, 0, 5, 0).why, strerror(EIO));
}

static int gets_killed(const void *ctx, void *answer, struct child *self)
{
	(void)ctx, (void)self;
	*(int *)answer = 1;
	raise(SIGKILL);
	return 0;
}

TEST(crash_is_not_failure_and_leaves_no_answer)
{
	int out = 0;
	struct child_end end = run(gets_killed, NULL, &out, sizeof(out), 5, 0);

	CHECK_EQ(end.outcome, CHILD_CRASHED);
	CHECK(strstr(end.why, "crashed: signal 9"));
	CHECK_EQ(out, 0);
}

static int leaves(const void *ctx, void *answer, struct child *self)
{
	(void)ctx, (void)answer, (void)self;
	_exit(0);
}

TEST(exit_in_the_middle_is_a_crash)
{
	struct child_end end = run(leaves, NULL, NULL, 0, 5, 0);

	CHECK_EQ(end.outcome, CHILD_CRASHED);
	CHECK_STR(end.why, "crashed: exit 0 in the middle");
}

static int sleeps(const void *ctx, void *answer, struct child *self)
{
	(void)answer;
	atomic_store(&self->in_target, *(const int *)ctx);
	nap(20000);
	return 0;
}

TEST(deadline)
{
	int outside = 0;
	uint64_t start = clock_boot_ms();
	struct child_end end = run(sleeps, &outside, NULL, 0, 1, 0);
	uint64_t took = clock_boot_ms() - start;

	CHECK_EQ(end.outcome, CHILD_TIMED_OUT);
	CHECK_STR(end.why, "not done after 1 s");
	CHECK(!end.target_at_fault);
	CHECK(took >= 1000 && took < 8000);
	CHECK(end.elapsed_ms >= 1000);
}

TEST(hang_inside_the_target_is_the_targets)
{
	int inside = 1;
	struct child_end end = run(sleeps, &inside, NULL, 0, 10, 1);

	CHECK_EQ(end.outcome, CHILD_STALLED);
	CHECK_STR(end.why, "stalled: nothing moved for 1 s");
	CHECK(end.target_at_fault);
}

static int moves(const void *ctx, void *answer, struct child *self)
{
	(void)ctx, (void)answer;
	for (int i = 0; i < 30; i++) {
		nap(100);
		atomic_fetch_add(&self->moved, 1);
	}
	return 0;
}

static int looks_and_hangs(const void *ctx, void *answer, struct child *self)
{
	(void)answer;
	(void)self;
	for (int i = 0; i < 3; i++) {
		child_looks_at("vda");
		nap(500);
	}
	child_looks_at(ctx);
	for (int i = 0; i < 60; i++)
		nap(1000);
	return 0;
}

/* What it looked at is told; what comes after the look has the job's own limit only. */
TEST(look_at_one_thing)
{
	struct child_job job = {
		.name = "test", .run = looks_and_hangs, .ctx = "vdb", .limit_s = 8, .look_s = 1
	};
	struct child_end end;

	CHECK_EQ(child_run(&job, &end), -ETIMEDOUT);
	CHECK_EQ(end.outcome, CHILD_STALLED);
	CHECK_STR(end.looked_at, "vdb");
	CHECK_STR(end.why, "vdb does not answer");
	CHECK(end.elapsed_ms >= 2400 && end.elapsed_ms < 7000);
	job.ctx = NULL;
	job.limit_s = 4;
	CHECK_EQ(child_run(&job, &end), -ETIMEDOUT);
	CHECK_EQ(end.outcome, CHILD_TIMED_OUT);
	CHECK_STR(end.looked_at, "");
	/* no child, no look */
	child_looks_at("vda");
}

TEST(progress_is_no_stall)
{
	struct child_end end = run(moves, NULL, NULL, 0, 20, 2);

	CHECK_EQ(end.outcome, CHILD_DONE);
	CHECK_EQ(end.moved, 30);
}

/* A grandchild in the child's session dies with it. */
static int forks_and_sleeps(const void *ctx, void *answer, struct child *self)
{
	pid_t pid = fork();

	(void)self;
	if (!pid) {
		nap(20000);
		_exit(0);
	}
	if (write(*(const int *)ctx, &pid, sizeof(pid)) != sizeof(pid))
		return -EIO;
	nap(20000);
	*(int *)answer = 1;
	return 0;
}

TEST(grandchildren_die_too)
{
	pid_t grandchild = 0;
	int fds[2], out = 0;

	CHECK(!pipe(fds));
	run(forks_and_sleeps, &fds[1], &out, sizeof(out), 1, 0);
	CHECK_EQ(read(fds[0], &grandchild, sizeof(grandchild)), sizeof(grandchild));
	for (int i = 0; i < 50 && !kill(grandchild, 0); i++) {
		char path[64], state[256] = "";
		FILE *f;

		/* nobody may reap it here: a zombie is dead enough */
		snprintf(path, sizeof(path), "/proc/%d/stat", grandchild);
		f = fopen(path, "r");
		if (!f)
			break;
		if (!fgets(state, sizeof(state), f))
			state[0] = '\0';
		fclose(f);
		if (strstr(state, ") Z"))
			break;
		CHECK(i < 49);
		nap(100);
	}
	close(fds[0]);
	close(fds[1]);
}

TEST(signal_mask_is_left_as_it_was)
{
	sigset_t now;
	int in = 1, out;

	run(adds_one, &in, &out, sizeof(out), 5, 0);
	sigprocmask(SIG_SETMASK, NULL, &now);
	CHECK(!sigismember(&now, SIGCHLD));
}

static unsigned ticks, job_ticks;
static struct child_tick last_tick;

static void count_tick(void)
{
	ticks++;
}

static void count_job_tick(void *ctx, const struct child_tick *t)
{
	CHECK(ctx == &last_tick);
	last_tick = *t;
	job_ticks++;
}

static int naps_2s(const void *ctx, void *answer, struct child *self)
{
	(void)ctx, (void)answer, (void)self;
	nap(2200);
	return 0;
}

TEST(ticks_while_it_is_within_its_limits)
{
	struct child_job job = { .name = "test",
				 .run = naps_2s,
				 .limit_s = 1,
				 .tick = count_job_tick,
				 .tick_ctx = &last_tick };
	struct child_end end;

	child_on_tick(count_tick);
	child_on_tick(count_tick); /* the same one counts once */
	child_run(&job, &end);
	CHECK_EQ(end.outcome, CHILD_TIMED_OUT);
	CHECK_EQ(job_ticks, 0);
	CHECK(ticks >= 1); /* a watchdog is fed in steps of any length */
	ticks = job_ticks = 0;
	job.limit_s = 9;
	child_run(&job, &end);
	CHECK_EQ(end.outcome, CHILD_DONE);
	CHECK(job_ticks >= 1 && job_ticks <= 3);
	CHECK_EQ(ticks, job_ticks + 1);
	CHECK_EQ(last_tick.limit_s, 9);
	/* the second one may have come too late on a busy machine */
	CHECK(last_tick.elapsed_ms >= 900 && last_tick.elapsed_ms <= end.elapsed_ms);
	CHECK(last_tick.still_ms >= 900 && last_tick.still_ms <= last_tick.elapsed_ms);
}

static void write_byte(const void *ctx)
{
	const int *fd = ctx;

	if (write(*fd, "x", 1) != 1)
		_exit(1);
	pause();
}

/* It runs beside a step, is not waited for, and does not keep a step from ending. */
TEST(beside_the_story)
{
	int fds[2], pid, one = 1, two = 0;
	char got = 0;

	CHECK_EQ(pipe(fds), 0);
	pid = child_start("beside", write_byte, &fds[1]);
	CHECK(pid > 0);
	CHECK_EQ(read(fds[0], &got, 1), 1);
	CHECK_EQ(run(adds_one, &one, &two, sizeof(two), 5, 0).outcome, CHILD_DONE);
	CHECK_EQ(two, 2);
	CHECK_EQ(kill(pid, 0), 0);
	CHECK_EQ(kill(pid, SIGKILL), 0);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	close(fds[0]);
	close(fds[1]);
}
