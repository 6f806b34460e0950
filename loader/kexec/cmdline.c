/* SPDX-License-Identifier: MIT */
/*
 * /proc/cmdline -> the crash kernel's command line. Arguments are copied as they stand, quotes
 * and all; only their names are looked at.
 */
#include "loader/kexec/cmdline.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A line that is being written. */
struct line {
	char *buf;
	size_t size, len;
	bool full;
};

bool cmdline_next(const char **pos, struct cmdline_arg *ret)
{
	const char *s = *pos, *end, *eq = NULL;
	bool quoted = false;

	while (isspace((unsigned char)*s))
		s++;
	for (end = s; *end && (quoted || !isspace((unsigned char)*end)); end++) {
		if (*end == '"')
			quoted = !quoted;
		else if (*end == '=' && !eq)
			eq = end;
	}
	*pos = end;
	ret->text = s;
	ret->len = (size_t)(end - s);
	ret->name = *s == '"' ? s + 1 : s;
	if (!eq)
		eq = end > ret->name && end[-1] == '"' ? end - 1 : end;
	ret->name_len = (size_t)(eq - ret->name);
	return ret->len && !(*eq != '=' && ret->name_len == 2 && !memcmp(ret->name, "--", 2));
}

static char plain(char c)
{
	return c == '-' ? '_' : c;
}

static bool same(const char *name, const char *pattern, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (plain(name[i]) != plain(pattern[i]))
			return false;
	}
	return true;
}

static bool name_is(const struct cmdline_arg *arg, const char *pattern)
{
	size_t len = strlen(pattern);

	if (*pattern == '*')
		return arg->name_len >= len - 1 &&
		       same(arg->name + arg->name_len - (len - 1), pattern + 1, len - 1);
	if (len && pattern[len - 1] == '*')
		return arg->name_len >= len - 1 && same(arg->name, pattern, len - 1);
	return arg->name_len == len && same(arg->name, pattern, len);
}

/* Is arg set by one of our own arguments? */
static bool is_replaced(const struct cmdline_arg *arg)
{
	for (const struct cmdline_append *a = cmdline_appends; a->text; a++) {
		const char *pos = a->text;
		struct cmdline_arg own;
		char name[40];

		cmdline_next(&pos, &own);
		snprintf(name, sizeof(name), "%.*s", (int)own.name_len, own.name);
		if (name_is(arg, name))
			return true;
	}
	return false;
}

const char *cmdline_why_dropped(const struct cmdline_arg *arg)
{
	for (const struct cmdline_drop *d = cmdline_drops; d->name; d++) {
		if (name_is(arg, d->name))
			return d->why;
	}
	return is_replaced(arg) ? "set anew for the capture" : NULL;
}

bool cmdline_has(const char *base, const char *name, const char **ret_value)
{
	struct cmdline_arg arg;

	while (cmdline_next(&base, &arg)) {
		if (!name_is(&arg, name))
			continue;
		if (ret_value)
			*ret_value = arg.name[arg.name_len] == '=' ? arg.name + arg.name_len + 1
								   : arg.name + arg.name_len;
		return true;
	}
	return false;
}

static void put_text(struct line *l, const char *text, size_t len)
{
	size_t blank = l->len ? 1 : 0;

	if (l->full || len + blank >= l->size - l->len) {
		l->full = true;
		return;
	}
	if (blank)
		l->buf[l->len++] = ' ';
	memcpy(l->buf + l->len, text, len);
	l->len += len;
	l->buf[l->len] = '\0';
}

/* An argument of the base; a quote that the base never closed must not swallow what follows. */
static void put_arg(struct line *l, const struct cmdline_arg *arg)
{
	size_t quotes = 0;

	for (size_t i = 0; i < arg->len; i++)
		quotes += arg->text[i] == '"';
	put_text(l, arg->text, arg->len);
	if (!(quotes % 2) || l->full)
		return;
	if (l->size - l->len < 2) {
		l->full = true;
		return;
	}
	l->buf[l->len++] = '"';
	l->buf[l->len] = '\0';
}

static int finish(struct line *l, const char *extra)
{
	if (extra && *extra)
		put_text(l, extra, strlen(extra));
	return l->full ? -E2BIG : 0;
}

int cmdline_derive(const char *base, const char *extra, int apicid, char *buf, size_t size)
{
	struct line l = { .buf = buf, .size = size };
	struct cmdline_arg arg;
	char text[40];

	buf[0] = '\0';
	while (cmdline_next(&base, &arg)) {
		if (!cmdline_why_dropped(&arg))
			put_arg(&l, &arg);
	}
	for (const struct cmdline_append *a = cmdline_appends; a->text; a++)
		put_text(&l, a->text, strlen(a->text));
	if (apicid != CMDLINE_NO_APICID) {
		snprintf(text, sizeof(text), "disable_cpu_apicid=%d", apicid);
		put_text(&l, text, strlen(text));
	}
	return finish(&l, extra);
}

/* base without the arguments of these names, of which the last is NULL. */
static int without(const char *base, const char *const *names, const char *extra, char *buf,
		   size_t size)
{
	struct line l = { .buf = buf, .size = size };
	struct cmdline_arg arg;

	buf[0] = '\0';
	while (cmdline_next(&base, &arg)) {
		bool named = false;

		for (const char *const *n = names; *n; n++)
			named |= name_is(&arg, *n);
		if (!named)
			put_arg(&l, &arg);
	}
	return finish(&l, extra);
}

int cmdline_reuse(const char *base, const char *extra, char *buf, size_t size)
{
	static const char *const names[] = { "crashkernel", "elfcorehdr", "dmcryptkeys",
					     "BOOT_IMAGE",  "initrd",	  NULL };

	return without(base, names, extra, buf, size);
}

int cmdline_again(const char *base, const char *extra, char *buf, size_t size)
{
	static const char *const names[] = { "elfcorehdr", "dmcryptkeys", "BOOT_IMAGE", "initrd",
					     NULL };

	return without(base, names, extra, buf, size);
}
