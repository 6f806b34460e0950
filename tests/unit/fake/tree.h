/* SPDX-License-Identifier: MIT */
/*
 * A folder tree made by a test: another root for code that reads /sys, /dev, /proc or
 * /lib/modules. Paths are given below the root; folders on the way are made.
 */
#ifndef TESTS_UNIT_FAKE_TREE_H
#define TESTS_UNIT_FAKE_TREE_H

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
	char root[64];
};

static inline int tree_remove_one(const char *path, const struct stat *st, int flag, struct FTW *w)
{
	(void)st;
	(void)flag;
	(void)w;
	return remove(path);
}

static inline void tree_remove(struct tree *t)
{
	nftw(t->root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Use: `_cleanup_(tree_remove) struct tree t = tree_make();` */
static inline struct tree tree_make(void)
{
	struct tree t = { "/tmp/kdump-test.XXXXXX" };

	if (!mkdtemp(t.root))
		abort();
	return t;
}

/* The full path in a buffer that the fourth call from now overwrites. */
static inline const char *tree_path(const struct tree *t, const char *path)
{
	static char buf[4][PATH_MAX];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(buf[turn], sizeof(buf[turn]), "%s%s", t->root, path);
	return buf[turn];
}

static inline void tree_folders(const struct tree *t, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", t->root, path);
	for (char *p = full + strlen(t->root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
}

static inline void tree_dir(const struct tree *t, const char *path)
{
	tree_folders(t, path);
	mkdir(tree_path(t, path), 0755);
}

static inline void tree_bytes(const struct tree *t, const char *path, const void *data, size_t len)
{
	FILE *f;

	tree_folders(t, path);
	f = fopen(tree_path(t, path), "w");
	if (!f || fwrite(data, 1, len, f) != len || fclose(f))
		abort();
}

static inline void tree_text(const struct tree *t, const char *path, const char *text)
{
	tree_bytes(t, path, text, strlen(text));
}

static inline void tree_link(const struct tree *t, const char *path, const char *to)
{
	tree_folders(t, path);
	if (symlink(to, tree_path(t, path)))
		abort();
}

#endif
