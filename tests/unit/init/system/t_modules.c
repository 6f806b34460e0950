/* SPDX-License-Identifier: MIT */
#include "init/system/modules_private.h"

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
	modules_load(root, files, n, &(struct modparams){ 0 }, &count);
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

/* A file of `body` bytes, a signature of sig bytes that says it has `said`, and the marker. */
static size_t unsigned_len(size_t body, size_t sig, uint32_t said)
{
	static const char marker[] = "~Module signature appended~\n";
	uint8_t file[400] = { 0 };
	size_t len = body + sig;

	file[len + 8] = (uint8_t)(said >> 24);
	file[len + 9] = (uint8_t)(said >> 16);
	file[len + 10] = (uint8_t)(said >> 8);
	file[len + 11] = (uint8_t)said;
	len += 12;
	memcpy(file + len, marker, strlen(marker));
	return modules_unsigned_len(file, len + strlen(marker));
}

TEST(signature_is_found)
{
	CHECK_EQ(unsigned_len(100, 50, 50), 100);
	CHECK_EQ(unsigned_len(0, 50, 50), 0);
	/* longer than the file: not believed */
	CHECK_EQ(unsigned_len(100, 50, 151), 100 + 50 + 40);
	CHECK_EQ(unsigned_len(100, 50, UINT32_MAX), 100 + 50 + 40);
}

TEST(no_signature)
{
	static const uint8_t short_file[10];
	uint8_t plain[100] = { 0 };

	CHECK_EQ(modules_unsigned_len(plain, sizeof(plain)), sizeof(plain));
	CHECK_EQ(modules_unsigned_len(short_file, sizeof(short_file)), sizeof(short_file));
	CHECK_EQ(modules_unsigned_len((const uint8_t *)"~Module signature appended~\n", 28), 28);
}
