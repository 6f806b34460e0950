/* SPDX-License-Identifier: MIT */
#include "init/modules.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/log.h"
#include "tests/unit/test.h"

/* What was logged meanwhile is in the result. */
static struct modules_count load(const char *root, const char *const *files, unsigned n, char *log,
				 size_t size)
{
	struct modules_count count;
	FILE *f = tmpfile();
	ssize_t got;

	log_add(fileno(f), LOG_PLAIN);
	modules_load(root, files, n, &count);
	log_remove(fileno(f));
	got = pread(fileno(f), log, size - 1, 0);
	log[got > 0 ? got : 0] = '\0';
	fclose(f);
	return count;
}

TEST(none_is_fine)
{
	char log[1000];
	struct modules_count c = load("", NULL, 0, log, sizeof(log));

	CHECK_EQ(c.loaded + c.failed, 0);
	CHECK_STR(log, "");
}

TEST(each_failure_is_told_and_the_next_is_tried)
{
	static const char *const files[] = { "/none.ko", "no.ko", "lib/broken.ko" };
	char root[] = "/tmp/t_modules.XXXXXX", path[64], log[2000];
	struct modules_count c;
	FILE *f;

	CHECK(mkdtemp(root));
	snprintf(path, sizeof(path), "mkdir %s/lib", root);
	CHECK(!system(path));
	snprintf(path, sizeof(path), "%s/lib/broken.ko", root);
	f = fopen(path, "w");
	fputs("this is no module", f);
	fclose(f);
	c = load(root, files, 3, log, sizeof(log));
	CHECK_EQ(c.failed, 3);
	CHECK_EQ(c.loaded, 0);
	CHECK(strstr(log, "modules: /none.ko: No such file or directory\n"));
	CHECK(strstr(log, "modules: no.ko: No such file or directory\n"));
	CHECK(strstr(log, "modules: lib/broken.ko: "));
	snprintf(path, sizeof(path), "rm -rf %s", root);
	CHECK(!system(path));
}
