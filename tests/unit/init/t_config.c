/* SPDX-License-Identifier: MIT */
#include "init/config.h"

#include <unistd.h>

#include "lib/log.h"
#include "tests/unit/test.h"

static struct conf conf;
static char *lent; /* what conf's strings live in */
static char said[2000];

static void load(const char *text, size_t len)
{
	char path[] = "/tmp/t_config.XXXXXX";
	FILE *log = tmpfile();
	int fd = mkstemp(path);
	ssize_t got;

	CHECK_EQ(write(fd, text, len), len);
	close(fd);
	free(lent);
	log_add(fileno(log), LOG_PLAIN);
	config_load(path, &conf, &lent);
	log_remove(fileno(log));
	got = pread(fileno(log), said, sizeof(said) - 1, 0);
	said[got > 0 ? got : 0] = '\0';
	fclose(log);
	unlink(path);
}

TEST(good_file)
{
	static const char text[] =
		"path /dumps\next4 LABEL=d\nmodule /lib/a.ko\nhost h\nfinal_action poweroff\n";

	load(text, strlen(text));
	CHECK_STR(said, "");
	CHECK_STR(conf.path, "/dumps");
	CHECK_EQ(conf.n_targets, 1);
	CHECK_EQ(conf.n_modules, 1);
	CHECK_STR(conf.host, "h");
	CHECK_EQ(conf.final_action, CONF_POWEROFF);
}

TEST(bad_lines_cost_themselves_alone)
{
	static const char text[] = "path /dumps\next4 LABEL=d\nnonsense here\nfinal_action halt\n"
				   "minix /dev/x\nxfs LABEL=e\nforce_rebuild 1\n";

	load(text, strlen(text));
	CHECK(strstr(said, ": line 3 (nonsense here): "));
	CHECK(strstr(said, ": line 5 (minix /dev/x): minix is not supported"));
	CHECK(!strstr(said, "line 7"));
	CHECK_STR(conf.path, "/dumps");
	CHECK_EQ(conf.n_targets, 2);
	CHECK_EQ(conf.final_action, CONF_HALT);
}

TEST(binary_and_huge_files)
{
	static char huge[100 << 10];

	load("path /a\n\0\xff\xfe", 11);
	CHECK(strstr(said, "config: "));
	memset(huge, '#', sizeof(huge));
	load(huge, sizeof(huge));
	CHECK(strstr(said, "defaults are used"));
	CHECK_EQ(conf.n_targets, 0);
	CHECK_STR(conf.path, CONF_DEFAULT_PATH);
}

TEST(no_file)
{
	free(lent);
	config_load("/nonexistent/kdump.conf", &conf, &lent);
	CHECK(!lent);
	CHECK_EQ(conf.n_targets, 0);
	CHECK_EQ(conf.failure_action, CONF_REBOOT);
}
