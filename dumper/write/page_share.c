/* SPDX-License-Identifier: MIT */
/*
 * A direct-mapped table: an entry gives way to a newer page unless it was hit since.
 */
#include "dumper/write/page_share.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"

#define LINE 64u
#define MIX  0x9e3779b97f4a7c15ull /* 2^64 / golden ratio: odd, its bits well spread */

uint64_t page_share_key(const uint8_t *page, size_t bytes)
{
	uint64_t a = 0, b = MIX;

	/* two chains, as a multiplication waits for the one before */
	for (size_t i = 0; i < bytes / LINE; i += 2) {
		const uint8_t *line = page + i * LINE;

		a = (a ^ get_u64(line + i * 3 % 8 * 8)) * MIX;
		b = (b ^ get_u64(line + LINE + (i * 3 + 1) % 8 * 8)) * MIX;
		a ^= a >> 29;
		b ^= b >> 31;
	}
	a ^= (b << 23 | b >> 41) * MIX;
	return a ^ a >> 32;
}

static struct page_share_entry *slot(struct page_share *s, uint64_t hash)
{
	return &s->entry[hash % SHARE_ENTRIES];
}

int page_share_open(struct page_share *s)
{
	s->entry = calloc(SHARE_ENTRIES, sizeof(*s->entry));
	if (!s->entry)
		return -ENOMEM;
	return -pthread_mutex_init(&s->lock, NULL);
}

void page_share_close(struct page_share *s)
{
	if (!s->entry)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s->entry);
	s->entry = NULL;
}

void page_share_find(struct page_share *s, const uint64_t *hash, unsigned n,
		     struct page_share_entry *ret)
{
	pthread_mutex_lock(&s->lock);
	for (unsigned i = 0; i < n; i++) {
		struct page_share_entry *e = slot(s, hash[i]);

		ret[i].off = 0;
		if (!e->off || e->hash != hash[i])
			continue;
		e->hits += e->hits < UINT32_MAX;
		ret[i] = *e;
	}
	pthread_mutex_unlock(&s->lock);
}

void page_share_add(struct page_share *s, const struct page_share_entry *add, unsigned n)
{
	pthread_mutex_lock(&s->lock);
	for (unsigned i = 0; i < n; i++) {
		struct page_share_entry *e = slot(s, add[i].hash);

		if (!add[i].off)
			continue;
		if (e->off && e->hits && e->hash != add[i].hash) {
			e->hits /= 2;
			continue;
		}
		*e = add[i];
		e->hits = 0;
	}
	pthread_mutex_unlock(&s->lock);
}
