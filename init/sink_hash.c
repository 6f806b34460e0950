/* SPDX-License-Identifier: MIT */
#include "init/sink_hash.h"

#include "lib/cleanup.h"

static int hash_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_hash *h = container_of(s, struct sink_hash, base);
	int r = sink_put(h->below, off, buf, len);

	h->lost |= r || off != h->next;
	if (!h->lost)
		sha256_add(&h->sha, buf, len);
	h->next = off + len;
	return r;
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
			  .commit = hash_commit,
			  .abort = hash_abort,
			  .get = below->get ? hash_get : NULL,
			  .cut = hash_cut,
			  .rewrites = below->rewrites },
		.below = below,
	};
	sha256_init(&s->sha);
}

void sink_hash_text(struct sink_hash *s, char ret[SHA256_TEXT])
{
	ret[0] = '\0';
	if (!s->lost)
		sha256_text(&s->sha, ret);
}
