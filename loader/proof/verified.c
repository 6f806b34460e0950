/* SPDX-License-Identifier: MIT */
#include "loader/proof/verified.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define FILE_NAME "verified"
#define FILE_NEW  "verified.new"

enum { FILE_BYTES = 1024 };

int verified_save(int folder, const struct verified *v)
{
	const struct image_id *i = &v->initrd;
	char text[FILE_BYTES];
	_close_ int fd = openat(folder, FILE_NEW,
				O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	int n, r;

	if (fd < 0)
		return -errno;
	n = snprintf(text, sizeof(text),
		     "%d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64
		     "\n%.*s\n",
		     v->good, v->time_s, v->used_bytes, i->dev, i->ino, i->bytes, i->mtime_ns,
		     (int)strcspn(v->why, "\n"), v->why);
	r = io_write(fd, text, (size_t)n);
	if (r)
		return r;
	return renameat(folder, FILE_NEW, folder, FILE_NAME) < 0 ? -errno : 0;
}

int verified_read(int folder, struct verified *ret)
{
	struct image_id *i = &ret->initrd;
	char text[FILE_BYTES], *why;
	int good, r = io_read_file(folder, FILE_NAME, text, sizeof(text), NULL);

	if (r)
		return r;
	*ret = (struct verified){ .good = false };
	why = strchr(text, '\n');
	if (!why ||
	    sscanf(text, "%d %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNd64,
		   &good, &ret->time_s, &ret->used_bytes, &i->dev, &i->ino, &i->bytes,
		   &i->mtime_ns) != 7)
		return -EBADMSG;
	ret->good = good;
	snprintf(ret->why, sizeof(ret->why), "%.*s", (int)strcspn(why + 1, "\n"), why + 1);
	return 0;
}
