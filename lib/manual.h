/* SPDX-License-Identifier: MIT */
/*
 * Words of a table's row that only the manual pages need. The generator of the pages (docs/man) is
 * compiled with MANUAL and has them; in the programs they take no byte.
 *
 * Text is plain ASCII in whole sentences. What a user types stands in backquotes, and a word in
 * capitals is the place of a value, if the row's syntax has it.
 */
#ifndef LIB_MANUAL_H
#define LIB_MANUAL_H

#ifdef MANUAL
struct manual {
	unsigned group;	  /* of the table: under which heading the row stands */
	const char *args; /* syntax of the values, a line for each form; NULL: the table has it */
	const char *text; /* NULL: that of the row in front, or the table's own will do */
};
#define MANUAL_WORDS(...) .manual = { __VA_ARGS__ }
#else
struct manual {
};
#define MANUAL_WORDS(...) .manual = {}
#endif

#endif
