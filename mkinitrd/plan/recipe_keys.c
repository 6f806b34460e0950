/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/words.h"
#include "lib/io.h"

#define LIST_MAX_BYTES (64u << 10)

static bool has_key(const struct conf_encrypt *e, const char *key)
{
	for (unsigned i = 0; i < e->n_keys; i++) {
		if (!strcmp(e->keys[i], key))
			return true;
	}
	return false;
}

/* One line of a list, without blanks at its ends. wrong gets what is the matter with it. */
static int take_line(struct recipe *p, const char *line, const char **wrong)
{
	struct conf_encrypt *e = &p->conf.encrypt;
	uint8_t bytes[AGE_KEY_BYTES];

	*wrong = age_key_parse(line, bytes);
	if (*wrong)
		return -EINVAL;
	if (has_key(e, line))
		return 0;
	if (e->n_keys == CONF_MAX_RECIPIENTS) {
		*wrong = "is one too many: a dump is sealed to 32 keys at most";
		return -E2BIG;
	}
	strcpy(p->keys[e->n_keys], line);
	e->keys[e->n_keys] = p->keys[e->n_keys];
	e->n_keys++;
	return 0;
}

/* What is said of a line must not show a secret that stands there by mistake. */
static int say_wrong(const struct recipe *p, const char *path, unsigned n, const char *line,
		     const char *wrong, int r, struct fault *f)
{
	bool secret = !strncmp(line, AGE_SECRET, sizeof(AGE_SECRET) - 1);

	return fault_at(f, p->conf.encrypt.line, r, "encrypt %s: line %u: %.70s %s", path, n,
			secret ? "this" : line, wrong);
}

static int read_list(struct recipe *p, const char *root, const char *file, struct fault *f)
{
	_free_ char *text = NULL;
	const char *wrong = "";
	char path[PATH_MAX];
	unsigned n = 1;
	size_t len;
	int r = -ENAMETOOLONG;

	if ((size_t)snprintf(path, sizeof(path), "%s%s", root, file) < sizeof(path))
		r = io_load_file(AT_FDCWD, path, LIST_MAX_BYTES, &text, &len);
	if (r)
		return fault_at(f, p->conf.encrypt.line, r, "encrypt %s: %s", file, strerror(-r));
	for (char *at = text, *line; (line = strsep(&at, "\n")); n++) {
		line[strcspn(line, "\r")] = '\0';
		line = words_trim(line);
		r = *line && *line != '#' ? take_line(p, line, &wrong) : 0;
		if (r)
			return say_wrong(p, file, n, line, wrong, r, f);
	}
	return 0;
}

int recipe_keys_read(struct recipe *p, const char *root, struct fault *f)
{
	struct conf_encrypt *e = &p->conf.encrypt;
	int r = 0;

	for (unsigned i = 0; i < e->n_files && !r; i++)
		r = read_list(p, root, e->files[i], f);
	if (!r && e->wanted && !e->n_keys)
		r = fault_at(f, e->line, -EINVAL, "encrypt: %s has no key in it", e->files[0]);
	return r;
}
