/* SPDX-License-Identifier: MIT */
/*
 * Which page contents the dump has already: identical pages are stored once. A table of fixed size,
 * filled by the writer as it places pages and asked by the threads that encode. The key only
 * proposes; the asker compares the bytes.
 */
#ifndef DUMPER_WRITE_PAGE_SHARE_H
#define DUMPER_WRITE_PAGE_SHARE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/fuzz_sizes.h"

#define SHARE_ENTRIES FUZZ_SIZE(1u << 13, 1u << 7)

struct page_share_entry {
	uint64_t hash;
	uint64_t pfn;  /* of the page that was stored */
	uint64_t off;  /* of its bytes in the file; 0: the entry is empty */
	uint32_t size; /* 0: stored raw */
	uint32_t hits;
};

struct page_share {
	pthread_mutex_t lock;
	struct page_share_entry *entry;
};

/* 0 or -ENOMEM. */
int page_share_open(struct page_share *s);
void page_share_close(struct page_share *s);

/*
 * Of one word of each 64 bytes, at changing places. Kernel objects repeat in pages, so that equal
 * samples of different pages are rare but not exceptional: bytes is a multiple of 128.
 */
uint64_t page_share_key(const uint8_t *page, size_t bytes);

/* Looks up n hashes at once; ret[i].off is 0 where there is none. */
void page_share_find(struct page_share *s, const uint64_t *hash, unsigned n,
		     struct page_share_entry *ret);

/*
 * Pages that were stored; entries with an off of 0 are passed over. A page that was
 * found again is replaced by newer ones after as many of them as it was found.
 */
void page_share_add(struct page_share *s, const struct page_share_entry *e, unsigned n);

#endif
