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

/* Is arg's name one of these words? Of "name=value" the name counts. */
static bool is_listed(const struct cmdline_arg *arg, const char *words)
{
	struct cmdline_arg word;
	char name[80];

	while (words && cmdline_next(&words, &word)) {
		snprintf(name, sizeof(name), "%.*s", (int)word.name_len, word.name);
		if (name_is(arg, name))
			return true;
	}
	return false;
}

/* Our own argument as one of a line. */
static struct cmdline_arg own_arg(const struct cmdline_append *a)
{
	const char *pos = a->text;
	struct cmdline_arg ret;

	cmdline_next(&pos, &ret);
	return ret;
}

static bool is_for(const struct cmdline_append *a, const struct cmdline_for *to)
{
	if (!(a->arches & to->arch) ||
	    (a->value == CMDLINE_APICID && to->apicid == CMDLINE_NO_APICID))
		return false;
	return !to->release ||
	       ((!a->since || to->release >= a->since) && (!a->before || to->release < a->before));
}

bool cmdline_is_appended(const struct cmdline_for *to, const struct cmdline_wish *w,
			 const struct cmdline_append *a)
{
	const struct cmdline_arg own = own_arg(a);

	if (!is_for(a, to) || is_listed(&own, w->drop_ours))
		return false;
	for (size_t i = 0; i < CMDLINE_ADDS; i++) {
		if (is_listed(&own, w->add[i]))
			return false;
	}
	return true;
}

/* Is arg set by one of our own arguments? One that is not for this machine may be wrong in it. */
static bool is_replaced(const struct cmdline_for *to, const struct cmdline_arg *arg)
{
	for (const struct cmdline_append *a = cmdline_appends; a->text; a++) {
		if (is_for(a, to) && is_listed(arg, a->text))
			return true;
	}
	return false;
}

const char *cmdline_why_dropped(const struct cmdline_for *to, const struct cmdline_wish *w,
				const struct cmdline_arg *arg)
{
	if (is_listed(arg, w->drop) || is_listed(arg, w->drop_ours))
		return "as the configuration says";
	for (const struct cmdline_drop *d = cmdline_drops; d->name; d++) {
		if (name_is(arg, d->name))
			return d->why;
	}
	return is_replaced(to, arg) ? "set anew for the capture" : NULL;
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

static void put_own(struct line *l, const struct cmdline_append *a, const struct cmdline_for *to)
{
	size_t len = strcspn(a->text, "%");
	char text[64];

	if (a->value == CMDLINE_NO_VALUE)
		snprintf(text, sizeof(text), "%s", a->text);
	else
		snprintf(text, sizeof(text), "%.*s%d", (int)len, a->text,
			 a->value == CMDLINE_CPUS ? (int)to->cpus : to->apicid);
	put_text(l, text, strlen(text));
}

int cmdline_derive(const char *base, const struct cmdline_for *to, const struct cmdline_wish *w,
		   char *buf, size_t size)
{
	struct line l = { .buf = buf, .size = size };
	struct cmdline_arg arg;
	int r = 0;

	buf[0] = '\0';
	while (cmdline_next(&base, &arg)) {
		if (!cmdline_why_dropped(to, w, &arg))
			put_arg(&l, &arg);
	}
	for (const struct cmdline_append *a = cmdline_appends; a->text; a++) {
		if (cmdline_is_appended(to, w, a))
			put_own(&l, a, to);
	}
	for (size_t i = 0; i < CMDLINE_ADDS; i++)
		r = finish(&l, w->add[i]);
	return r;
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
	static const char *const names[] = { "elfcorehdr", "dmcryptkeys",	  "BOOT_IMAGE",
					     "initrd",	   "kdump_init.returned", NULL };

	return without(base, names, extra, buf, size);
}
