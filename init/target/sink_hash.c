/* SPDX-License-Identifier: MIT */
#include "init/target/sink_hash.h"

#include <string.h>

#include "lib/cleanup.h"

/* What a sink with holes is not given reads as zeros. */
static void add_hole(struct sink_hash *h, uint64_t bytes)
{
	static const uint8_t zeros[4096];

	for (; bytes; bytes -= bytes < sizeof(zeros) ? bytes : sizeof(zeros))
		sha256_add(&h->body, zeros, bytes < sizeof(zeros) ? (size_t)bytes : sizeof(zeros));
}

static void add_bytes(struct sink_hash *h, uint64_t off, const void *buf, size_t len)
{
	if (!h->begun) {
		h->begun = true;
		h->head_bytes = h->next = off;
	}
	if (h->head_came || (off < h->next && (off || len != h->head_bytes))) {
		h->lost = true;
	} else if (off < h->next) {
		h->head_came = true;
		sha256_add(&h->head, buf, len);
	} else {
		add_hole(h, off - h->next);
		sha256_add(&h->body, buf, len);
		h->next = off + len;
	}
}

/* r: how the sink below took them. */
static int count_bytes(struct sink_hash *h, int r, uint64_t off, const void *buf, size_t len)
{
	h->lost |= r != 0;
	if (!h->lost)
		add_bytes(h, off, buf, len);
	return r;
}

static int hash_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_hash *h = container_of(s, struct sink_hash, base);

	return count_bytes(h, sink_put(h->below, off, buf, len), off, buf, len);
}

static int hash_keep(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_hash *h = container_of(s, struct sink_hash, base);

	return count_bytes(h, sink_keep(h->below, off, buf, len), off, buf, len);
}

static int hash_get(struct sink *s, uint64_t off, void *buf, size_t len)
{
	struct sink_hash *h = container_of(s, struct sink_hash, base);

	return h->below->get(h->below, off, buf, len);
}

/* What is put anew behind this is not in the digest any more. */
static int hash_cut(struct sink *s, uint64_t off)
{
	struct sink_hash *h = container_of(s, struct sink_hash, base);

	h->lost = true;
	return sink_cut(h->below, off);
}

static int hash_commit(struct sink *s)
{
	return sink_commit(container_of(s, struct sink_hash, base)->below);
}

static void hash_abort(struct sink *s)
{
	sink_abort(container_of(s, struct sink_hash, base)->below);
}

void sink_hash_init(struct sink_hash *s, struct sink *below)
{
	*s = (struct sink_hash){
		.base = { .put = hash_put,
			  .keep = hash_keep,
			  .commit = hash_commit,
			  .abort = hash_abort,
			  .get = below->get ? hash_get : NULL,
			  .cut = hash_cut,
			  .rewrites = below->rewrites,
			  .zeros = below->zeros },
		.below = below,
	};
	sha256_init(&s->body);
	sha256_init(&s->head);
}

void sink_hash_digest(struct sink_hash *s, struct digest *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (s->lost || (s->head_bytes && !s->head_came))
		return;
	ret->head_bytes = s->head_bytes;
	ret->body_bytes = s->next - s->head_bytes;
	sha256_text(&s->body, ret->body);
	if (s->head_bytes)
		sha256_text(&s->head, ret->head);
}
