/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/library_folders.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/words.h"
#include "mkinitrd/image/rootfile.h"

enum { INCLUDE_DEPTH = 4 };

/* of Debian, of those with lib64, of the others */
const char *const library_folders_usual[] = {
	"/lib/x86_64-linux-gnu",
	"/usr/lib/x86_64-linux-gnu",
	"/lib/aarch64-linux-gnu",
	"/usr/lib/aarch64-linux-gnu",
	"/lib/riscv64-linux-gnu",
	"/usr/lib/riscv64-linux-gnu",
	"/lib64",
	"/usr/lib64",
	"/lib",
	"/usr/lib",
	NULL,
};

struct reader {
	const char *root;
	char (*folders)[LIBFOLDERS_BYTES];
	unsigned n, max;
};

static void read_file(struct reader *r, const char *path, unsigned depth);

/* pattern as ldconfig takes it: a relative one begins at /etc. */
static void read_matching(struct reader *r, const char *pattern, unsigned depth)
{
	char full[PATH_MAX];
	glob_t found;

	if (depth == INCLUDE_DEPTH ||
	    (size_t)snprintf(full, sizeof(full), "%s%s%s", r->root, *pattern == '/' ? "" : "/etc/",
			     pattern) >= sizeof(full))
		return;
	if (!glob(full, 0, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			read_file(r, found.gl_pathv[i] + strlen(r->root), depth);
		globfree(&found);
	}
}

static void add_folder(struct reader *r, char *folder)
{
	size_t len = strlen(folder);

	while (len > 1 && folder[len - 1] == '/')
		folder[--len] = '\0';
	if (folder[0] != '/' || len >= LIBFOLDERS_BYTES || r->n == r->max)
		return;
	strcpy(r->folders[r->n++], folder);
}

static void read_line(struct reader *r, char *line, unsigned depth)
{
	char *word;

	line[strcspn(line, "#")] = '\0';
	word = words_next(&line);
	if (!word || !strcmp(word, "hwcap"))
		return;
	if (!strcmp(word, "include")) {
		while ((word = words_next(&line)))
			read_matching(r, word, depth + 1);
		return;
	}
	/* glibc takes blanks, ':' and ',' between folders, musl ':' and line ends */
	for (; word; word = words_next(&line)) {
		char *rest = word, *folder;

		while ((folder = strsep(&rest, ":,")))
			add_folder(r, folder);
	}
}

static void read_file(struct reader *r, const char *path, unsigned depth)
{
	_free_ char *text = NULL;
	char *rest, *line;
	size_t len;
	mode_t mode;

	if (rootfile_load(r->root, path, &text, &len, &mode))
		return;
	rest = text;
	while ((line = strsep(&rest, "\n")))
		read_line(r, line, depth);
}

unsigned library_folders_read(const char *root, char (*ret)[LIBFOLDERS_BYTES], unsigned max)
{
	struct reader r = { .root = root, .folders = ret, .max = max };

	read_file(&r, "/etc/ld.so.conf", 0);
	read_matching(&r, "/etc/ld-musl-*.path", 0);
	return r.n;
}

bool library_folders_is_usual(const char *folder)
{
	for (size_t i = 0; library_folders_usual[i]; i++) {
		if (!strcmp(folder, library_folders_usual[i]))
			return true;
	}
	return false;
}
