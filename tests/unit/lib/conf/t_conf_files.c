/* SPDX-License-Identifier: MIT */
/*
 * Files as users have them (tests/data/conf) through the parser, and what of them reaches the image.
 */
#include <errno.h>
#include <fcntl.h>

#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "lib/io.h"
#include "mkinitrd/plan/image_conf.h"
#include "tests/unit/test.h"

#define FOLDER "tests/data/conf/"

/* The file that is looked at. */
static struct {
	char name[420];
	char *text, *image;
	struct conf conf;
	struct conf_findings found;
	unsigned checked; /* findings */
	unsigned errors;
} now;

static void fail(const char *what, const char *detail)
{
	printf("%s: %s: %s\n", now.name, what, detail);
	test_failures++;
}

/* What is left of the last one was not expected. */
static void close_file(void)
{
	char said[CONF_SAY_BYTES];

	for (; now.checked < now.found.n; now.checked++) {
		conf_say(&now.found.at[now.checked], said);
		fail("not expected", said);
	}
	CHECK_EQ(now.found.n_errors, now.errors);
	free(now.text);
	free(now.image);
	memset(&now, 0, sizeof(now));
}

static void open_file(const char *name)
{
	char path[440];
	struct fault why;
	size_t len;
	int r;

	close_file();
	snprintf(now.name, sizeof(now.name), "%s", name);
	snprintf(path, sizeof(path), FOLDER "%s", name);
	CHECK_EQ(io_load_file(AT_FDCWD, path, 1 << 20, &now.text, &len), 0);
	if (!now.text)
		return;
	r = conf_parse(now.text, len, &now.conf, &now.found);
	CHECK_EQ(r, now.found.n_errors ? -EINVAL : 0);
	if (image_conf_write(&now.conf, "k", &now.image, &len, &why))
		fail("image_conf_write", why.text);
}

/* "LINE words" */
static void check_finding(bool is_note, char *expected)
{
	const struct conf_finding *f = &now.found.at[now.checked];
	char *words;
	unsigned line = (unsigned)strtoul(expected, &words, 10);

	now.errors += !is_note;
	if (now.checked == now.found.n) {
		fail("not said", expected);
		return;
	}
	now.checked++;
	if (f->is_note != is_note || f->line != line || !strstr(f->text, words + 1)) {
		char said[CONF_SAY_BYTES];

		conf_say(f, said);
		fail(expected, said);
	}
}

/* A line of the image's config. */
static void check_effect(const char *line)
{
	char want[420];

	snprintf(want, sizeof(want), "\n%s\n", line);
	if (!now.image || !strstr(now.image, want))
		fail("not in the image's config", line);
}

static void check_expectation(char *line)
{
	if (!strncmp(line, "file ", 5))
		open_file(line + 5);
	else if (!strncmp(line, "note ", 5))
		check_finding(true, line + 5);
	else if (!strncmp(line, "error ", 6))
		check_finding(false, line + 6);
	else if (!strncmp(line, "gives ", 6))
		check_effect(line + 6);
	else if (line[0] != '#')
		fail("no such expectation", line);
}

TEST(real_files_and_their_variants)
{
	_fclose_ FILE *expected = fopen(FOLDER "expected", "re");
	unsigned files = 0;
	char line[400];

	CHECK(expected);
	while (expected && fgets(line, sizeof(line), expected)) {
		line[strcspn(line, "\n")] = '\0';
		files += !strncmp(line, "file ", 5);
		check_expectation(line);
	}
	close_file();
	CHECK(files >= 88);
}
