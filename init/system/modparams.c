/* SPDX-License-Identifier: MIT */
#include "init/system/modparams.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static char plain(char c)
{
	return c == '-' ? '_' : c;
}

/* '-' and '_' are the same. */
static bool same_name(const char *a, size_t len, const char *b, size_t b_len)
{
	if (len != b_len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (plain(a[i]) != plain(b[i]))
			return false;
	}
	return true;
}

static void add_parameter(const char *text, size_t len, char *ret, size_t size)
{
	size_t at = strlen(ret);

	if (len && at + len + 2 <= size)
		snprintf(ret + at, size - at, "%s%.*s", at ? " " : "", (int)len, text);
}

/* Up to the blank that ends a word; blanks in quotes do not. */
static size_t word_length(const char *s)
{
	bool quoted = false;
	size_t n = 0;

	for (; s[n] && (quoted || !strchr(" \t\n", s[n])); n++)
		quoted ^= s[n] == '"';
	return n;
}

static void add_from_cmdline(const char *line, const char *name, size_t len, char *ret, size_t size)
{
	for (;;) {
		size_t n, dot;

		line += strspn(line, " \t\n");
		n = word_length(line);
		if (!n)
			return;
		dot = strcspn(line, ".= \t\n");
		if (dot < n && line[dot] == '.' && same_name(line, dot, name, len))
			add_parameter(line + dot + 1, n - dot - 1, ret, size);
		line += n;
	}
}

void modparams_of(const struct modparams *p, const char *file, char *ret, size_t size)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	size_t len = strcspn(name, ".");

	ret[0] = '\0';
	for (unsigned i = 0; i < p->n_options; i++) {
		const struct conf_options *o = &p->options[i];

		if (same_name(o->module, strlen(o->module), name, len))
			add_parameter(o->params, strlen(o->params), ret, size);
	}
	if (p->cmdline)
		add_from_cmdline(p->cmdline, name, len, ret, size);
}
