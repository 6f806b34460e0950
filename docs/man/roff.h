/* SPDX-License-Identifier: MIT */
/*
 * The words of tables as the source of a manual page, man(7): as lib/manual.h says, to standard
 * output.
 */
#ifndef DOCS_MAN_ROFF_H
#define DOCS_MAN_ROFF_H

#include <stdbool.h>

/*
 * The tag of an entry, on a line of its own: name (NULL: none) bold, and args, the syntax of its
 * values (NULL: none), in which words in capitals are italic. first: the entry begins; else the tag
 * belongs to the same one.
 */
void roff_tag(const char *name, const char *args, bool first);

/*
 * Sentences, in lines. What stands in backquotes is bold, words in capitals that args has (NULL:
 * any within backquotes) are italic, name(8) refers to a page. The first letter becomes a capital,
 * a full stop is added.
 */
void roff_text(const char *text, const char *args);

/* A clause as it is, in lines: no capital, no full stop. */
void roff_clause(const char *text);

/* Syntax within a line: "[--json] SRC". */
void roff_syntax(const char *syntax);

#endif
