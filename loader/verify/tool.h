/* SPDX-License-Identifier: MIT */
/*
 * Command lines that are put together word by word, and programs that are run by PATH.
 */
#ifndef LOADER_VERIFY_TOOL_H
#define LOADER_VERIFY_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#define WORDS_MAX 160

/* A command line. One that became too long, or found no memory, is not run. */
struct tool_words {
	char *at[WORDS_MAX + 1];
	unsigned n;
	bool full;
};

void tool_add(struct tool_words *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void tool_free(struct tool_words *w);

/* PATH gets the folders of an administrator's programs, which a service may not have. */
void tool_set_path(void);
bool tool_is_there(const char *name);

/*
 * Runs it and waits. What it says is not shown; the last line of it goes into said. 0; -ENOENT: there
 * is no such program; -EIO: it failed; -errno.
 */
int tool_run(const struct tool_words *w, char *said, size_t size);

#endif
