/* SPDX-License-Identifier: MIT */
/*
 * A root folder of another machine, made of a few files, for what reads /proc and /sys.
 */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
	char path[64];
	int fd;
};

static inline struct tree tree_make(void)
{
	struct tree t = { .path = "/tmp/kdump-init-test-XXXXXX" };

	if (!mkdtemp(t.path) || (t.fd = open(t.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		abort();
	return t;
}

/* Writes a file, with the folders above it; replaces one that is there. */
static inline void tree_put_bytes(const struct tree *t, const char *path, const void *data, size_t len)
{
	char part[PATH_MAX];
	int fd;

	snprintf(part, sizeof(part), "%s", path);
	for (char *s = strchr(part, '/'); s; s = strchr(s + 1, '/')) {
		*s = '\0';
		if (mkdirat(t->fd, part, 0755) < 0 && errno != EEXIST)
			abort();
		*s = '/';
	}
	unlinkat(t->fd, path, 0);
	fd = openat(t->fd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	close(fd);
}

static inline void tree_put(const struct tree *t, const char *path, const char *text)
{
	tree_put_bytes(t, path, text, strlen(text));
}

/* Absolute path of a file in the tree; the result lives until the fourth call after. */
static inline const char *tree_path(const struct tree *t, const char *path)
{
	static char buf[4][PATH_MAX];
	static unsigned next;
	char *s = buf[next++ % 4];

	snprintf(s, PATH_MAX, "%s/%s", t->path, path);
	return s;
}

static inline int tree_unlink_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void tree_remove(struct tree *t)
{
	close(t->fd);
	nftw(t->path, tree_unlink_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
