/* SPDX-License-Identifier: MIT */
#include "lib/conf/stackline.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/words.h"

static const struct {
	const char *text;
	unsigned major, minor;
} versions[] = { { "0.90", 0, 90 }, { "1.0", 1, 0 }, { "1.1", 1, 1 }, { "1.2", 1, 2 } };

/* The whole decimal number in s. */
static int number(const char *s, uint64_t *ret)
{
	char *end;

	if (!s || !isdigit((unsigned char)*s))
		return -EINVAL;
	errno = 0;
	*ret = strtoull(s, &end, 10);
	return errno || *end ? -EINVAL : 0;
}

int stackline_check_name(const char *name)
{
	/* what a config line, a path, or a brace would take for its own */
	if (!*name || strlen(name) >= STACKLINE_NAME_BYTES || !strcmp(name, ".") ||
	    !strcmp(name, "..") || strpbrk(name, "/#{}\"' \t"))
		return -EINVAL;
	for (const char *p = name; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return -EINVAL;
	}
	return 0;
}

int stackline_dm(char *text, struct stackline_dm *ret)
{
	char *name = words_next(&text), *start = words_next(&text), *len = words_next(&text);
	char *type = words_next(&text);
	struct stackline_dm dm = { .name = name, .type = type, .params = text };

	if (!type || stackline_check_name(name) || number(start, &dm.start) ||
	    number(len, &dm.len) || !dm.len || dm.start > UINT64_MAX / 512 - dm.len)
		return -EINVAL;
	*ret = dm;
	return 0;
}

static bool is_md_name(const char *name)
{
	return !strncmp(name, "md", 2) && name[2] &&
	       strlen(name + 2) == strspn(name + 2, "0123456789") && strlen(name) < 10;
}

int stackline_md(char *text, struct stackline_md *ret)
{
	char *name = words_next(&text), *version = words_next(&text);
	char *uuid = words_next(&text), *events = words_next(&text), *need = words_next(&text);
	struct stackline_md md = { .name = name, .uuid = uuid };

	if (!need || words_next(&text) || !is_md_name(name) || strlen(uuid) != 36 ||
	    number(events, &md.events) || words_number(need, 1, 4096, &md.need))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		if (strcmp(version, versions[i].text))
			continue;
		md.major = versions[i].major;
		md.minor = versions[i].minor;
		*ret = md;
		return 0;
	}
	return -EINVAL;
}

int stackline_next(char **rest, const char **before, const char **inside)
{
	char *open = *rest + strcspn(*rest, "{}"), *close;

	if (!**rest)
		return 0;
	*before = *rest;
	*inside = NULL;
	if (!*open) {
		*rest = open;
		return 1;
	}
	close = open + 1 + strcspn(open + 1, "{}");
	if (*open != '{' || *close != '}' || close == open + 1)
		return -EINVAL;
	*open = *close = '\0';
	*inside = open + 1;
	*rest = close + 1;
	return 1;
}

/* "md127p1" → "md127" */
static bool copy_md_name(const char *from, char *name)
{
	size_t digits = strspn(from + 2, "0123456789");
	const char *end = from + 2 + digits;

	if (strncmp(from, "md", 2) || digits >= STACKLINE_NAME_BYTES - 3 ||
	    (*end && (*end != 'p' || !end[1] || end[1 + strspn(end + 1, "0123456789")])))
		return false;
	memcpy(name, from, 2 + digits);
	name[2 + digits] = '\0';
	return is_md_name(name);
}

const char *stackline_maker(const char *where, char name[STACKLINE_NAME_BYTES])
{
	const char *dm = NULL;

	if (!strncmp(where, "dm:", 3))
		dm = where + 3;
	else if (!strncmp(where, STACKLINE_DM_DIR, strlen(STACKLINE_DM_DIR)))
		dm = where + strlen(STACKLINE_DM_DIR);
	if (dm && !stackline_check_name(dm)) {
		strcpy(name, dm);
		return "dm";
	}
	if (!strncmp(where, "/dev/md", 7) && copy_md_name(where + 5, name))
		return "md";
	return NULL;
}
