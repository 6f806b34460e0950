/* SPDX-License-Identifier: MIT */
/*
 * QEMU's command line, and its run; QEMU is played by scripts.
 */
#include "loader/verify/trial.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define MIB (1024 * 1024ull)

static struct host host;
static struct image kernel = { .fd = 7 };
static struct trial trial;
static struct verdict verdict;

static bool has(const char *part)
{
	for (unsigned i = 0; i < trial.words.n; i++) {
		if (strstr(trial.words.at[i], part))
			return true;
	}
	return false;
}

static void make(bool kvm)
{
	tool_free(&trial.words);
	trial = (struct trial){
		.folder = "/f", .host = &host, .kernel = &kernel, .limit_s = 20, .has_kvm = kvm
	};
	trial_add_machine(&trial);
}

TEST(the_reservation_is_this_machines)
{
	host = (struct host){ .crash_bytes = 160 * MIB, .n_crash = 1, .cpus = 64 };
	host.crash[0] = (struct host_range){ 0x2e000000, 160 * MIB };
	make(true);
	CHECK(has(" crashkernel=160M ") && has("q35,accel=kvm") && has("800M"));
	CHECK(has("/proc/self/fd/7") && has("/f/production.cpio") && !has("no_timer_check"));
	/* above 4 GiB, with and without a lower one */
	host.crash[0].start = 0x1037000000;
	make(false);
	CHECK(has("crashkernel=160M,high crashkernel=0M,low ") && has("4896M"));
	CHECK(has("q35,accel=tcg") && has("Nehalem") && has("no_timer_check"));
	host.n_crash = 2;
	host.crash[1] = (struct host_range){ 0x20000000, 72 * MIB };
	host.five_level = true;
	make(false);
	CHECK(has("crashkernel=160M,high crashkernel=72M,low ") && !has("Nehalem"));
	tool_free(&trial.words);
}

TEST(of_one_architecture)
{
	CHECK(trial_serves(&(struct host){ .machine = "x86_64" }));
	CHECK(!trial_serves(&(struct host){ .machine = "aarch64" }));
}

/* Runs a shell's text in the place of QEMU. */
static int play(const char *text)
{
	tool_free(&trial.words);
	trial = (struct trial){ .folder = "/f", .host = &host, .kernel = &kernel, .limit_s = 3 };
	kernel.fd = STDERR_FILENO;
	tool_add(&trial.words, "sh");
	tool_add(&trial.words, "-c");
	tool_add(&trial.words, "%s", text);
	verdict = (struct verdict){ .stage = VERDICT_STARTED };
	return trial_run(&trial, &verdict);
}

TEST(how_a_run_ends)
{
	CHECK_EQ(play("printf 'kdump-verify: production kernel 6\\r\\nkdump-verify: failed: no'"),
		 0);
	CHECK_EQ(verdict.stage, VERDICT_PRODUCTION);
	CHECK(verdict.ended);
	CHECK_STR(verdict.why, "no");
	/* QEMU itself fails */
	CHECK_EQ(play("echo 'qemu: no such device'; exit 1"), -EIO);
	CHECK_STR(verdict.last, "qemu: no such device");
	/* it hangs, and is ended */
	CHECK_EQ(play("echo 'kdump-verify: production kernel 6'; exec sleep 100"), -ETIMEDOUT);
	CHECK_EQ(verdict.stage, VERDICT_PRODUCTION);
	/* a very long line is cut, and costs nothing else */
	CHECK_EQ(play("head -c 100000 /dev/zero | tr '\\0' x; echo; "
		      "echo 'kdump-verify: production kernel 6'"),
		 0);
	CHECK_EQ(verdict.stage, VERDICT_PRODUCTION);
	tool_free(&trial.words);
}

TEST(a_program_that_is_not_there)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct tool_words w = { .n = 0 };
	char said[64];

	setenv("PATH", t.root, 1);
	CHECK(!tool_is_there("mkfs.none"));
	tool_add(&w, "mkfs.none");
	CHECK_EQ(tool_run(&w, said, sizeof(said)), -ENOENT);
	tree_text(&t, "/mkfs.none", "#!/bin/sh\necho one; echo two >&2; exit 3\n");
	chmod(tree_path(&t, "/mkfs.none"), 0755);
	CHECK(tool_is_there("mkfs.none"));
	CHECK_EQ(tool_run(&w, said, sizeof(said)), -EIO);
	CHECK_STR(said, "two");
	tool_set_path();
	CHECK(strstr(getenv("PATH"), "/usr/sbin"));
	tool_free(&w);
}

/* The OOM killer takes QEMU: nothing is known of the capture. */
TEST(qemu_is_killed)
{
	CHECK_EQ(play("echo 'kdump-verify: armed'; kill -9 $$"), -EIO);
	CHECK(strstr(verdict.last, "killed by signal 9"));
	tool_free(&trial.words);
}

/* The last one: from then on each run ends so. */
TEST(who_asked_has_enough)
{
	pid_t self = getpid(), pid;

	trial_catch_signals();
	pid = fork();
	if (!pid) {
		usleep(300000);
		_exit(kill(self, SIGINT) != 0);
	}
	CHECK_EQ(play("exec sleep 100"), -EINTR);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	tool_free(&trial.words);
}
