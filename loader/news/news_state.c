/* SPDX-License-Identifier: MIT */
#include "loader/news/news_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define FOLDER "var/lib/kdump-init"
#define TOLD   "told"
#define UNSEEN "unseen"

enum { TOLD_MAX_BYTES = 1 << 18 };

static int open_folder(int root)
{
	int fd;

	if (mkdirat(root, FOLDER, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(root, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* So that a crash leaves the old file or the new one. */
static int write_file(int root, const char *name, const char *text)
{
	_close_ int folder = open_folder(root);
	_close_ int fd = -1;
	char fresh[32];
	int r;

	if (folder < 0)
		return folder;
	snprintf(fresh, sizeof(fresh), "%s.new", name);
	fd = openat(folder, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	r = fd < 0 ? -errno : io_write(fd, text, strlen(text));
	if (!r && (fsync(fd) < 0 || renameat(folder, fresh, folder, name) < 0))
		r = -errno;
	return r ? r : io_sync_dir(folder);
}

int news_told_read(int root, struct news_told *ret)
{
	int r;

	*ret = (struct news_told){ .first = false };
	r = io_load_file(root, FOLDER "/" TOLD, TOLD_MAX_BYTES, &ret->names, NULL);
	if (r != -ENOENT)
		return r;
	ret->first = true;
	ret->names = strdup("");
	return ret->names ? 0 : -ENOMEM;
}

bool news_told_has(const struct news_told *t, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = t->names; *line;) {
		size_t n = strcspn(line, "\n");

		if (n == len && !memcmp(line, name, n))
			return true;
		line += n + (line[n] == '\n');
	}
	return false;
}

int news_told_add(struct news_told *t, const char *name)
{
	char *more;

	if (asprintf(&more, "%s%s\n", t->names, name) < 0)
		return -ENOMEM;
	free(t->names);
	t->names = more;
	return 0;
}

int news_told_write(int root, const struct news_told *t)
{
	const char *from = t->names;

	/* half of it, so that the oldest do not go one by one */
	if (strlen(from) > TOLD_MAX_BYTES / 2) {
		from += strlen(from) - TOLD_MAX_BYTES / 4;
		from += strcspn(from, "\n");
		from += *from == '\n';
	}
	return write_file(root, TOLD, from);
}

void news_told_free(struct news_told *t)
{
	free(t->names);
	t->names = NULL;
}

void news_unseen_read(int root, char ret[NEWS_UNSEEN_BYTES])
{
	if (io_read_file(root, FOLDER "/" UNSEEN, ret, NEWS_UNSEEN_BYTES, NULL))
		ret[0] = '\0';
}

int news_unseen_write(int root, const char *text)
{
	if (*text)
		return write_file(root, UNSEEN, text);
	return unlinkat(root, FOLDER "/" UNSEEN, 0) < 0 && errno != ENOENT ? -errno : 0;
}
