/* SPDX-License-Identifier: MIT */
#include "init/system/policy.h"

#include <sys/stat.h>
#include <unistd.h>

#include "lib/log.h"
#include "tests/unit/test.h"

static char root[64];

static void begin(void)
{
	strcpy(root, "/tmp/t_policy.XXXXXX");
	CHECK(mkdtemp(root));
}

static void end(void)
{
	char cmd[100];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", root);
	CHECK(!system(cmd));
}

static void put(const char *path, const char *value)
{
	char cmd[300];

	snprintf(cmd, sizeof(cmd), "mkdir -p $(dirname %s/%s) && echo '%s' >%s/%s", root, path,
		 value, root, path);
	CHECK(!system(cmd));
}

static const char *get(const char *path)
{
	static char text[40];
	char full[200];
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	f = fopen(full, "r");
	text[0] = '\0';
	CHECK(f && fgets(text, sizeof(text), f));
	if (f)
		fclose(f);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* What was told, after all was applied. */
static const char *apply(struct policy *p)
{
	static char log[2000];
	FILE *f = tmpfile();
	ssize_t got;

	policy_apply(root, p);
	log_add(fileno(f), LOG_PLAIN);
	policy_tell(p);
	log_remove(fileno(f));
	got = pread(fileno(f), log, sizeof(log) - 1, 0);
	log[got > 0 ? got : 0] = '\0';
	fclose(f);
	return log;
}

TEST(a_kernel_without_any)
{
	struct policy p;

	begin();
	CHECK_STR(apply(&p), "");
	CHECK_EQ(p.n, 0);
	end();
}

TEST(a_stock_kernel_is_silent)
{
	struct policy p;

	begin();
	put("proc/sys/kernel/panic", "10");
	put("proc/sys/kernel/panic_on_oops", "0");
	put("proc/sys/kernel/oops_limit", "10000");
	put("proc/sys/kernel/hung_task_panic", "0");
	put("proc/sys/kernel/watchdog_thresh", "10");
	put("proc/sys/kernel/hardlockup_panic", "0");
	put("proc/sys/kernel/modules_disabled", "0");
	put("proc/sys/vm/memory_failure_recovery", "1");
	put("proc/sys/vm/overcommit_memory", "1");
	CHECK_STR(apply(&p), "");
	CHECK_EQ(p.n, 2);
	CHECK_STR(get("proc/sys/kernel/watchdog_thresh"), "60");
	CHECK_STR(get("proc/sys/kernel/hardlockup_panic"), "1");
	CHECK_STR(get("proc/sys/kernel/panic"), "10");
	CHECK_STR(get("proc/sys/vm/overcommit_memory"), "1");
	end();
}

TEST(a_kernel_that_panics_on_everything)
{
	struct policy p;
	const char *said;

	begin();
	put("proc/sys/kernel/panic", "0");
	put("proc/sys/kernel/hung_task_panic", "12");
	put("proc/sys/vm/panic_on_oom", "2");
	put("proc/sys/vm/memory_failure_recovery", "0");
	put("sys/module/workqueue/parameters/panic_on_stall", "5");
	said = apply(&p);
	CHECK(strstr(said, "policy: changed, as a capture must go on: kernel.hung_task_panic"));
	CHECK(strstr(said, " workqueue.panic_on_stall") && strstr(said, " vm.panic_on_oom\n"));
	CHECK_EQ(p.n, 5);
	CHECK_STR(p.changes[0].setting, "kernel.hung_task_panic");
	CHECK_STR(p.changes[0].found, "12");
	CHECK_STR(p.changes[0].now, "0");
	CHECK_STR(get("proc/sys/kernel/panic"), "10");
	CHECK_STR(get("proc/sys/kernel/hung_task_panic"), "0");
	CHECK_STR(get("proc/sys/vm/panic_on_oom"), "0");
	CHECK_STR(get("proc/sys/vm/memory_failure_recovery"), "1");
	CHECK_STR(get("sys/module/workqueue/parameters/panic_on_stall"), "0");
	end();
}

TEST(a_panic_that_reboots_is_left)
{
	struct policy p;

	begin();
	put("proc/sys/kernel/panic", "-1");
	CHECK_STR(apply(&p), "");
	CHECK_STR(get("proc/sys/kernel/panic"), "-1");
	end();
}

TEST(what_cannot_be_changed_is_told)
{
	struct policy p;

	begin();
	put("proc/sys/kernel/modules_disabled", "1");
	CHECK_STR(apply(&p),
		  "kdump: policy: kernel.modules_disabled: is 1 and cannot be changed: take it "
		  "from the crash kernel's command line\n");
	CHECK_EQ(p.n, 1);
	CHECK_STR(p.changes[0].now, "1");
	end();
}

/* The kernel answers something else than what was written, as for pages that are in use. */
TEST(what_the_kernel_refuses_is_told)
{
	char path[300];
	struct policy p;

	begin();
	snprintf(path, sizeof(path),
		 "mkdir -p %s/proc/sys/vm && ln -s /proc/sys/kernel/ostype "
		 "%s/proc/sys/vm/nr_hugepages",
		 root, root);
	CHECK(!system(path));
	CHECK(strstr(apply(&p), "policy: vm.nr_hugepages: is Linux and cannot be changed"));
	CHECK_STR(p.changes[0].found, p.changes[0].now);
	end();
}

/* Values longer than any that counts are cut, not written beyond their end. */
TEST(long_values)
{
	struct policy p;

	begin();
	put("proc/sys/kernel/panic_on_warn", "123456789012345678901234567890 5");
	apply(&p);
	CHECK_STR(p.changes[0].found, "123456789012345");
	CHECK_STR(p.changes[0].now, "0");
	end();
}
