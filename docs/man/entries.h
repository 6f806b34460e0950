/* SPDX-License-Identifier: MIT */
/*
 * The tables of the programs as entries of manual pages, to standard output.
 */
#ifndef DOCS_MAN_ENTRIES_H
#define DOCS_MAN_ENTRIES_H

/*
 * A block that a page asks for with "@NAME [GROUP]": the rows of a table, or of one of its groups.
 * 0; -ENOENT: there is no such block or group; -EINVAL: a row has no words, which standard error
 * says.
 */
int entries_print(const char *name, const char *group);

/*
 * Has a page that has some rows of a table all of them? 0, or -EINVAL with a line on standard error
 * for each group that is missing.
 */
int entries_check(void);

#endif
