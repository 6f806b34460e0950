/* SPDX-License-Identifier: MIT */
#include "init/system/watchdog_private.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "init/system/child.h"
#include "lib/cleanup.h"
#include "lib/log.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

/* A watchdog that is a file: each byte written to it stays. */
static size_t fed(const struct tree *t, const char *node, bool *has_v)
{
	char text[4096];
	int fd = open(tree_path(t, node), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (fd >= 0)
		close(fd);
	CHECK(n >= 0);
	*has_v = n > 0 && memchr(text, 'V', (size_t)n);
	return n > 0 ? (size_t)n : 0;
}

static int sleeps(const void *ctx, void *answer, struct child *self)
{
	(void)answer, (void)self;
	sleep(*(const unsigned *)ctx);
	return 0;
}

static enum child_outcome run_child(unsigned sleep_s, unsigned limit_s)
{
	struct child_job job = {
		.name = "test", .run = sleeps, .ctx = &sleep_s, .limit_s = limit_s
	};
	struct child_end end;

	child_run(&job, &end);
	return end.outcome;
}

TEST(taken_when_it_appears_and_fed_while_a_child_runs)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	size_t before, after;
	bool v;

	log_init("t_watchdog", LOG_ERR);
	tree_dir(&t, "/dev");
	watchdog_start(t.root);
	tree_text(&t, "/dev/watchdog1", "");
	run_child(1, 5); /* long enough for a look at it */
	before = fed(&t, "/dev/watchdog1", &v);
	CHECK(before == 1);
	/* a quarter of 60 s, or 10 s: not each second */
	run_child(2, 5);
	after = fed(&t, "/dev/watchdog1", &v);
	CHECK_EQ(after, before);
	CHECK(!v);
	watchdog_stop();
	watchdog_tick();
	CHECK_EQ(fed(&t, "/dev/watchdog1", &v), after);
	CHECK(!v);
}

TEST(node_that_cannot_be_opened_does_not_stop_the_others)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	bool v;

	log_init("t_watchdog", LOG_ERR);
	tree_dir(&t, "/dev/watchdog0");
	tree_text(&t, "/dev/watchdog1", "");
	watchdog_start(t.root);
	CHECK_EQ(fed(&t, "/dev/watchdog1", &v), 1);
	watchdog_stop();
}

TEST(child_cannot_feed)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	bool v;
	pid_t pid;

	tree_text(&t, "/dev/watchdog0", "");
	log_init("t_watchdog", LOG_ERR);
	watchdog_start(t.root);
	pid = fork();
	if (!pid) {
		watchdog_forget();
		for (int fd = 3; fd < 64; fd++) {
			if (write(fd, "V", 1) == 1 && fcntl(fd, F_GETFL) & O_WRONLY)
				_exit(1);
		}
		watchdog_tick();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	CHECK_EQ(fed(&t, "/dev/watchdog0", &v), 1);
	CHECK(!v);
	watchdog_stop();
}
