/* SPDX-License-Identifier: MIT */
#include "init/capture/hooks_private.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "init/system/limits.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static char said[64 << 10];
static struct hooks_answer answer;
static struct child_end end;

/* Runs a script as a hook; what the log got is in said. */
static void run(const struct tree *t, const char *script, mode_t mode, unsigned limit_s,
		bool group_ends)
{
	struct child_job job = { .name = "hook",
				 .run = hooks_oversee,
				 .answer = &answer,
				 .answer_bytes = sizeof(answer),
				 .limit_s = limit_s + LIMIT_KILL_S };
	char path[128];
	struct hooks_order o = { .path = path,
				 .name = "kdump_pre",
				 .status = "0",
				 .target = "ext4 UUID=x",
				 .dir = "/run/target-1",
				 .folder = "",
				 .state = "complete",
				 .job = &job,
				 .group_ends = group_ends };
	int fd =
		open(tree_path(t, "/log"), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	snprintf(path, sizeof(path), "%s/hook", t->root);
	if (script) {
		tree_text(t, "/hook", script);
		CHECK_EQ(chmod(path, mode), 0);
	}
	answer = (struct hooks_answer){ 0 };
	job.ctx = &o;
	log_add(fd, LOG_PLAIN);
	child_run(&job, &end);
	log_remove(fd);
	close(fd);
	CHECK_EQ(io_read_file(AT_FDCWD, tree_path(t, "/log"), said, sizeof(said), NULL), 0);
}

static void run_script(const struct tree *t, const char *script)
{
	run(t, script, 0755, 5, true);
}

TEST(argument_environment_output)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	run_script(&t, "#!/bin/sh\necho \"arg $1 of $#\"; echo \"[$KDUMP_TARGET]\" >&2\n"
		       "echo \"[$KDUMP_DIR][$KDUMP_STATE][${KDUMP_FOLDER-unset}]\"\n"
		       "read x || echo no input; pwd; echo -n last\n");
	CHECK_EQ(end.outcome, CHILD_DONE);
	CHECK_EQ(answer.exit_status, 0);
	CHECK_STR(said, "kdump: hook: kdump_pre: arg 0 of 1\n"
			"kdump: hook: kdump_pre: [ext4 UUID=x]\n"
			"kdump: hook: kdump_pre: [/run/target-1][complete][unset]\n"
			"kdump: hook: kdump_pre: no input\n"
			"kdump: hook: kdump_pre: /\n"
			"kdump: hook: kdump_pre: last\n");
}

TEST(no_descriptor_but_its_three)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	/* what the test inherited */
	for (int fd = 3; fd < 10; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	run_script(&t, "#!/bin/sh\nfor i in 0 1 2 3 4 5 6 7 8 9; do\n"
		       "[ ! -e /proc/$$/fd/$i ] || echo $i; done\n");
	CHECK_STR(said, "kdump: hook: kdump_pre: 0\n"
			"kdump: hook: kdump_pre: 1\n"
			"kdump: hook: kdump_pre: 2\n");
}

TEST(exit_status_is_its_answer)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	run_script(&t, "#!/bin/sh\nexit 3\n");
	CHECK_EQ(end.outcome, CHILD_FAILED);
	CHECK_EQ(answer.exit_status, 3);
	CHECK_STR(end.why, "exit status 3");
}

TEST(signal_is_no_answer)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	run_script(&t, "#!/bin/sh\nkill -SEGV $$\n");
	CHECK_EQ(end.outcome, CHILD_FAILED);
	CHECK_EQ(answer.exit_status, 0);
	CHECK(strstr(end.why, "killed by signal 11"));
}

TEST(what_cannot_be_run)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	run_script(&t, NULL);
	CHECK_STR(end.why, "cannot be run: No such file or directory");
	CHECK_EQ(answer.exit_status, 0);
	run(&t, "#!/bin/sh\n", 0644, 5, true);
	CHECK_STR(end.why, "cannot be run: Permission denied");
	run_script(&t, "#!/nonexistent\n");
	CHECK_STR(end.why, "cannot be run: the interpreter that it names is not in the image");
	run_script(&t, "neither\n");
	CHECK_STR(end.why, "cannot be run: neither a program of this architecture nor a script "
			   "that begins with #!");
}

static bool lives(const struct tree *t)
{
	char text[32] = "";

	io_read_file(AT_FDCWD, tree_path(t, "/pid"), text, sizeof(text), NULL);
	CHECK(atoi(text) > 1);
	/* a zombie is as good as gone: who reaps it depends on where the test runs */
	for (int i = 0; i < 50; i++) {
		char path[64], stat[1024] = "";

		snprintf(path, sizeof(path), "/proc/%d/stat", atoi(text));
		if (io_read_file(AT_FDCWD, path, stat, sizeof(stat), NULL) || strstr(stat, ") Z"))
			return false;
		usleep(10000);
	}
	kill(atoi(text), SIGKILL);
	return true;
}

TEST(hang_ends_with_its_whole_group)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	char script[256];

	snprintf(script, sizeof(script),
		 "#!/bin/sh\nsleep 60 &\necho $! >%s/pid\ntrap '' TERM INT HUP\nwhile :; do sleep "
		 "1; "
		 "done\n",
		 t.root);
	run(&t, script, 0755, 1, false);
	CHECK_STR(end.why, "not done after 1 s: killed");
	CHECK_EQ(answer.exit_status, 0);
	CHECK(end.elapsed_ms < 4000);
	CHECK(!lives(&t));
}

TEST(what_it_leaves_running)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	char script[256];

	/* it keeps the output open, which nobody waits for */
	snprintf(script, sizeof(script), "#!/bin/sh\nsleep 60 &\necho $! >%s/pid\n", t.root);
	run(&t, script, 0755, 5, true);
	CHECK_EQ(end.outcome, CHILD_DONE);
	CHECK(end.elapsed_ms < 2000);
	CHECK(!lives(&t));
	run(&t, script, 0755, 5, false);
	CHECK_EQ(end.outcome, CHILD_DONE);
	CHECK(lives(&t));
}

TEST(output_without_end)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	unsigned lines = 0;

	run(&t, "#!/bin/sh\nyes \"$(printf 'a\\033[2J\\001b')\"\n", 0755, 1, true);
	CHECK_STR(end.why, "not done after 1 s: killed");
	for (const char *p = said; (p = strchr(p, '\n')); p++)
		lines++;
	CHECK_EQ(lines, 201);
	CHECK(strstr(said, "kdump_pre: a?[2J?b\n"));
	CHECK(strstr(said, "more than 200 lines of output"));
	run_script(&t, "#!/bin/sh\nhead -c 1000 /dev/zero | tr '\\0' x\n");
	lines = 0;
	for (const char *p = said; (p = strchr(p, '\n')); p++)
		lines++;
	CHECK_EQ(lines, 6);
}
