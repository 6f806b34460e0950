/* SPDX-License-Identifier: MIT */
#include "seal/sink_age.h"

#include <errno.h>
#include <string.h>

#include "lib/cleanup.h"

static int put_below(struct sink_age *s, const void *buf, size_t len)
{
	int r = sink_put(s->below, s->at, buf, len);

	s->at += r ? 0 : len;
	return r;
}

/* The collected bytes, sealed where they are. */
static int flush(struct sink_age *s, bool last)
{
	int r = age_seal_chunk(&s->stream, s->chunk, s->n, last, s->chunk);

	r = r ? r : put_below(s, s->chunk, s->n + AGE_TAG_BYTES);
	s->n = 0;
	return r;
}

/* A full chunk waits for the next byte, as it may be the last one. */
static int age_put(struct sink *base, uint64_t off, const void *buf, size_t len)
{
	struct sink_age *s = container_of(base, struct sink_age, base);
	const uint8_t *from = buf;

	if (off != s->next)
		return -ESPIPE;
	s->next += len;
	while (len) {
		size_t n = AGE_CHUNK_BYTES - s->n;
		int r = n ? 0 : flush(s, false);

		if (r)
			return r;
		n = AGE_CHUNK_BYTES - s->n;
		n = n < len ? n : len;
		memcpy(s->chunk + s->n, from, n);
		s->n += n;
		from += n;
		len -= n;
	}
	return 0;
}

static void forget(struct sink_age *s)
{
	explicit_bzero(&s->stream, sizeof(s->stream));
	explicit_bzero(s->chunk, sizeof(s->chunk));
}

static int age_commit(struct sink *base)
{
	struct sink_age *s = container_of(base, struct sink_age, base);
	int r = flush(s, true);

	forget(s);
	if (!r)
		return sink_commit(s->below);
	sink_abort(s->below);
	return r;
}

static void age_abort(struct sink *base)
{
	struct sink_age *s = container_of(base, struct sink_age, base);

	forget(s);
	sink_abort(s->below);
}

int sink_age_open_with(struct sink_age *s, struct sink *below, const uint8_t (*keys)[AGE_KEY_BYTES],
		       unsigned n_keys, const struct age_secrets *secrets)
{
	uint8_t header[AGE_HEADER_BYTES];
	size_t len = 0;
	int r;

	s->base = (struct sink){ .put = age_put, .commit = age_commit, .abort = age_abort };
	s->below = below;
	s->next = s->at = s->n = 0;
	r = age_header(keys, n_keys, secrets, header, &len);
	r = r ? r : age_stream_begin(&s->stream, secrets);
	return r ? r : put_below(s, header, len);
}

int sink_age_open(struct sink_age *s, struct sink *below, const uint8_t (*keys)[AGE_KEY_BYTES],
		  unsigned n_keys)
{
	struct age_secrets secrets;
	int r = n_keys && n_keys <= AGE_KEYS_MAX ? age_draw(&secrets, n_keys) : -EINVAL;

	r = r ? r : sink_age_open_with(s, below, keys, n_keys, &secrets);
	explicit_bzero(&secrets, sizeof(secrets));
	return r;
}
