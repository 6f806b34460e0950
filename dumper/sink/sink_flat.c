/* SPDX-License-Identifier: MIT */
/*
 * Flattening is not a writer: it turns a put into a record. Puts that continue each other
 * become one record, as readers search them one by one.
 */
#include "dumper/sink/sink_flat.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"

#define HEADER_BYTES 4096
#define SIGNATURE    "makedumpfile"
#define RECORD_HEAD  16

static int append_bytes(struct sink_flat *f, const void *buf, size_t len)
{
	int r = sink_put(f->below, f->at, buf, len);

	if (!r)
		f->at += len;
	return r;
}

static int record(struct sink_flat *f, uint64_t off, const void *buf, size_t len)
{
	uint8_t head[RECORD_HEAD];
	int r;

	put_be64(head, off);
	put_be64(head + 8, len);
	r = append_bytes(f, head, sizeof(head));
	return r ? r : append_bytes(f, buf, len);
}

static int flush(struct sink_flat *f)
{
	int r = f->chunk_len ? record(f, f->chunk_off, f->chunk, f->chunk_len) : 0;

	f->chunk_len = 0;
	return r;
}

static int flat_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_flat *f = container_of(s, struct sink_flat, base);
	int r = 0;

	if (!len)
		return 0; /* a record without bytes would end the stream */
	if (off != f->chunk_off + f->chunk_len || len > SINK_FLAT_CHUNK - f->chunk_len)
		r = flush(f);
	if (r)
		return r;
	if (len >= SINK_FLAT_CHUNK)
		return record(f, off, buf, len);
	if (!f->chunk_len)
		f->chunk_off = off;
	memcpy(f->chunk + f->chunk_len, buf, len);
	f->chunk_len += len;
	return 0;
}

static int flat_commit(struct sink *s)
{
	struct sink_flat *f = container_of(s, struct sink_flat, base);
	uint8_t end[RECORD_HEAD];
	int r = flush(f);

	memset(end, 0xff, sizeof(end));
	if (!r)
		r = append_bytes(f, end, sizeof(end));
	if (!r)
		return sink_commit(f->below);
	sink_abort(f->below);
	return r;
}

static void flat_abort(struct sink *s)
{
	sink_abort(container_of(s, struct sink_flat, base)->below);
}

int sink_flat_open(struct sink_flat *s, struct sink *below, uint8_t chunk[SINK_FLAT_CHUNK])
{
	uint8_t *header = chunk;

	*s = (struct sink_flat){
		.base = { .put = flat_put,
			  .commit = flat_commit,
			  .abort = flat_abort,
			  .rewrites = true },
		.below = below,
		.chunk = chunk,
	};
	memset(header, 0, HEADER_BYTES);
	memcpy(header, SIGNATURE, sizeof(SIGNATURE));
	put_be64(header + 16, 1); /* type: flattened */
	put_be64(header + 24, 1); /* version */
	return append_bytes(s, header, HEADER_BYTES);
}
