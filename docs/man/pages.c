/* SPDX-License-Identifier: MIT */
/*
 * pages SOURCE: a manual page. Its prose is SOURCE, man(7) with three additions: @VERSION@ within a
 * line; "@BLOCK [GROUP]" in place of a line, rows of a table (entries.h); "@#", a comment.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "docs/man/entries.h"
#include "lib/cleanup.h"

#define MARK "@VERSION@"

static int fail(const char *file, unsigned line, const char *what)
{
	fprintf(stderr, "%s:%u: %s\n", file, line, what);
	return -EINVAL;
}

static void print_line(const char *text)
{
	const char *mark;

	while ((mark = strstr(text, MARK))) {
		printf("%.*s%s", (int)(mark - text), text, KDUMP_VERSION);
		text = mark + strlen(MARK);
	}
	fputs(text, stdout);
}

/* text: what stands behind the @. */
static int print_block(const char *file, unsigned line, char *text)
{
	char *name = strtok(text, " \n"), *group = strtok(NULL, " \n");
	int r;

	if (!name || text[0] == '#')
		return 0;
	r = entries_print(name, group ? group : "");
	return r == -ENOENT ? fail(file, line, "no table has this name, or no such group") : r;
}

static int print_page(const char *file)
{
	_fclose_ FILE *from = fopen(file, "r");
	char text[1024];
	unsigned line = 0;
	int r = 0;

	if (!from)
		return fail(file, 0, strerror(errno));
	/* what man and mandoc say of the file that is installed */
	printf(".\\\" Made from %s and the tables of the programs.\n", file);
	while (!r && fgets(text, sizeof(text), from)) {
		line++;
		if (text[0] == '@')
			r = print_block(file, line, text + 1);
		else
			print_line(text);
	}
	if (!r && (ferror(from) || entries_check()))
		r = fail(file, line, "the page is not complete");
	return r;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: pages SOURCE\n", stderr);
		return 2;
	}
	return print_page(argv[1]) || fflush(stdout) ? 1 : 0;
}
