/* SPDX-License-Identifier: MIT */
#include "mkinitrd/convert/shell_vars.h"

#include <ctype.h>
#include <string.h>

static void fault(struct shell_vars *v, unsigned line, const char *why)
{
	if (!v->bad_line) {
		v->bad_line = line;
		v->why = why;
	}
}

static size_t name_bytes(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return n && !isdigit((unsigned char)s[0]) ? n : 0;
}

/*
 * The word at s without its quotes, in place: "a b"c 'd' is one word and another. NULL, with *why: it
 * needs a shell. *end is behind it.
 */
static char *unquote(char *s, char **end, const char **why)
{
	char *from = s, *to = s, quote = 0;

	for (; *from && (quote || !isspace((unsigned char)*from)); from++) {
		if (quote ? *from == quote : *from == '"' || *from == '\'') {
			quote = quote ? 0 : *from;
			continue;
		}
		if (quote != '\'' && (*from == '$' || *from == '`')) {
			*why = "it has a variable or a command in it";
			return NULL;
		}
		if (quote != '\'' && *from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	if (quote) {
		*why = "a quote is not closed in this line";
		return NULL;
	}
	*end = *from ? from + 1 : from;
	*to = '\0';
	return s;
}

static struct shell_var *slot(struct shell_vars *v, const char *name)
{
	for (unsigned i = 0; i < v->n; i++) {
		if (!strcmp(v->at[i].name, name))
			return &v->at[i];
	}
	return v->n < SHELL_VARS ? &v->at[v->n++] : NULL;
}

static void take_line(struct shell_vars *v, char *s, unsigned line)
{
	const char *why = "it is no assignment NAME=VALUE";
	struct shell_var *to;
	char *value, *rest;
	size_t n;

	s += strspn(s, " \t\r");
	if (!strncmp(s, "export ", 7))
		s += 7 + strspn(s + 7, " \t");
	if (!*s || *s == '#')
		return;
	n = name_bytes(s);
	if (!n || s[n] != '=') {
		fault(v, line, why);
		return;
	}
	s[n] = '\0';
	value = unquote(s + n + 1, &rest, &why);
	if (!value) {
		fault(v, line, why);
		return;
	}
	rest += strspn(rest, " \t\r");
	if (*rest && *rest != '#') {
		fault(v, line, "something follows the assignment");
		return;
	}
	to = slot(v, s);
	if (to)
		*to = (struct shell_var){ .name = s, .value = value, .line = line };
}

void shell_vars_read(char *text, struct shell_vars *ret)
{
	unsigned line = 1;

	*ret = (struct shell_vars){ .n = 0 };
	for (char *next; text; text = next, line++) {
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		take_line(ret, text, line);
	}
}

const char *shell_vars_get(const struct shell_vars *v, const char *name)
{
	for (unsigned i = 0; i < v->n; i++) {
		if (!strcmp(v->at[i].name, name))
			return v->at[i].value;
	}
	return "";
}
