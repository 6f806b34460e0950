/* SPDX-License-Identifier: MIT */
#include "lib/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#define COLUMNS	   100
#define FIRST_LONG 256 /* what getopt_long() returns for the first row; a letter is below */

static bool takes(const struct option_row *o, unsigned command)
{
	return !command || o->commands & command;
}

/* shorts has room for two characters a row. */
static void fill_tables(const struct option_row *rows, unsigned command, struct option *longs,
			char *shorts)
{
	for (const struct option_row *o = rows; o->name && o - rows < OPTIONS_MAX; o++) {
		if (!takes(o, command))
			continue;
		*longs++ = (struct option){ o->name, o->arg ? required_argument : no_argument, NULL,
					    FIRST_LONG + (int)(o - rows) };
		if (o->letter)
			*shorts++ = o->letter;
		if (o->letter && o->arg)
			*shorts++ = ':';
	}
	*shorts = '\0';
}

/* NULL for an option that is none, or lacks its value. */
static const struct option_row *find_row(const struct option_row *rows, int id)
{
	if (id >= FIRST_LONG)
		return &rows[id - FIRST_LONG];
	for (; rows->name; rows++) {
		if (rows->letter == id)
			return rows;
	}
	return NULL;
}

int options_parse(const struct option_row *rows, unsigned command, int argc, char **argv, void *ret)
{
	struct option longs[OPTIONS_MAX + 1] = { 0 };
	char shorts[2 * OPTIONS_MAX + 1];
	int id;

	fill_tables(rows, command, longs, shorts);
	/* from the first word on, whoever called getopt_long() before */
	optind = 0;
	while ((id = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_row *o = find_row(rows, id);
		void *member = (char *)ret + (o ? o->member : 0);

		if (!o)
			return -EINVAL;
		if (o->kind == OPTION_HELP)
			return OPTIONS_HELP;
		if (o->kind == OPTION_VERSION)
			return OPTIONS_VERSION;
		if (o->kind == OPTION_TEXT)
			*(const char **)member = optarg;
		else
			*(bool *)member = true;
	}
	return OPTIONS_DONE;
}

void options_print_text(FILE *to, size_t at, size_t column, const char *text)
{
	if (at >= column) {
		fputc('\n', to);
		at = 0;
	}
	fprintf(to, "%*s", (int)(column - at), "");
	at = column;
	while (*text) {
		size_t len = strcspn(text, " ");

		if (at > column && at + len + 1 > COLUMNS) {
			fprintf(to, "\n%*s", (int)column, "");
			at = column;
		}
		at += (size_t)fprintf(to, "%s%.*s", at > column ? " " : "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', to);
}

void options_print(FILE *to, const struct option_row *rows, unsigned command)
{
	for (; rows->name; rows++) {
		char letter[] = { '-', rows->letter, '\0' };
		int n;

		if (!takes(rows, command))
			continue;
		n = fprintf(to, "  %s%s--%s%s%s", rows->letter ? letter : "",
			    rows->letter ? ", " : "", rows->name, rows->arg ? " " : "",
			    rows->arg ? rows->arg : "");
		options_print_text(to, n > 0 ? (size_t)n : 0, OPTIONS_COLUMN, rows->help);
	}
}
