/* SPDX-License-Identifier: MIT */
#include "dumper/sink/sink_stream.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define PIPE_BYTES (1 << 20) /* more is refused to all but root: fs.pipe-max-size */

static int stream_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_stream *t = container_of(s, struct sink_stream, base);
	int r = off == t->at ? io_write(t->fd, buf, len) : -ESPIPE;

	if (!r)
		t->at += len;
	return r;
}

static int stream_commit(struct sink *s)
{
	(void)s;
	return 0;
}

static void stream_abort(struct sink *s)
{
	(void)s;
}

void sink_stream_init(struct sink_stream *s, int fd)
{
	int size = fcntl(fd, F_GETPIPE_SZ);

	/* the default of 64 KiB has reader and writer wake each other for each block of a dump */
	if (size > 0 && size < PIPE_BYTES)
		fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
	*s = (struct sink_stream){
		.base = { .put = stream_put, .commit = stream_commit, .abort = stream_abort },
		.fd = fd,
	};
}
