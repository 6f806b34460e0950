/* SPDX-License-Identifier: MIT */
/*
 * The options of a command line as a table: parser, help and manual page come from its rows.
 */
#ifndef LIB_OPTIONS_H
#define LIB_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/manual.h"

#define OPTIONS_MAX    40
#define OPTIONS_COLUMN 27 /* where the words of a help begin */

enum option_kind {
	OPTION_TEXT, /* member: const char *, the value */
	OPTION_FLAG, /* member: bool, true */
	OPTION_HELP,
	OPTION_VERSION,
};

struct option_row {
	const char *name; /* without "--"; NULL ends the table */
	char letter;	  /* 0: none */
	uint8_t kind;
	uint16_t commands; /* bits of those that take it; 0 in a program without commands */
	uint16_t member;   /* of the program's struct: its offset */
	const char *arg;   /* what its value is called; NULL: takes none */
	const char *help;
	struct manual manual; /* group and args: unused */
};

/* What options_parse() has met. */
enum { OPTIONS_DONE, OPTIONS_HELP, OPTIONS_VERSION };

/*
 * argv[1] and what follows it, by the rows of a command, with getopt_long(): values are lent from
 * argv to the struct at ret, and optind is at the first word that is none of them. OPTIONS_DONE;
 * OPTIONS_HELP, OPTIONS_VERSION at the first such option; or -EINVAL, and standard error has the
 * reason.
 */
int options_parse(const struct option_row *rows, unsigned command, int argc, char **argv,
		  void *ret);

/* The rows of a command, as lines of its help. */
void options_print(FILE *to, const struct option_row *rows, unsigned command);

/* text from a column on, broken at blanks, and a newline; at: the column that was reached. */
void options_print_text(FILE *to, size_t at, size_t column, const char *text);

#endif
