/* SPDX-License-Identifier: MIT */
/*
 * A fake core with a page of each class, for tests of whole dumps.
 */
#include "tests/unit/fake/fakemachine.h"

#include <string.h>

#include "dumper/filter/filter.h"

/* n frames from pfn on, all different; seed 0: easily compressed, others: noise. */
static void fill(struct fake *f, uint64_t pfn, uint64_t n, unsigned seed)
{
	for (uint64_t p = pfn; p < pfn + n; p++) {
		uint32_t x = (uint32_t)(p * 2654435761u) ^ seed;

		for (unsigned i = 0; i < 4096; i += 4) {
			uint32_t v = (uint32_t)p + (i >> 6);

			if (seed) {
				x ^= x << 13;
				x ^= x >> 17;
				x ^= x << 5;
				v = x;
			}
			memcpy(f->mem + p * 4096 + i, &v, 4);
		}
	}
}

void fakemachine_make(struct fake *f, enum fake_kernel k)
{
	fake_open(f, &(struct fake_desc){ .kernel = k });
	fake_kernel_pages(f, 0, 2048);
	fill(f, 1000, 1048, 0);
	fill(f, NOISE_AT, 8, 1);
	memset(f->mem + ZERO_AT * 4096, 0, 4096);
	fake_free(k, fake_struct(f, FREE_AT), 5);
	fake_page(k, fake_struct(f, CACHE_AT), FAKE_LRU, FAKE_FILE);
	fake_page(k, fake_struct(f, CACHE_PRIVATE_AT), FAKE_LRU | FAKE_PRIVATE, FAKE_FILE);
	fake_page(k, fake_struct(f, USER_AT), FAKE_LRU | FAKE_SWAPBACKED, FAKE_ANON);
	fake_page(k, fake_struct(f, HUGE_AT), 0, FAKE_ANON);
	fake_compound(k, fake_struct(f, HUGE_AT), 9, true);
	fake_typed(k, fake_struct(f, OFFLINE_AT), FAKE_OFFLINE);
	fake_page(k, fake_struct(f, POISON_AT), FAKE_HWPOISON, 0);
	fake_finish(f);
}

bool fakemachine_left_out(uint64_t pfn, unsigned level)
{
	if (pfn >= FREE_AT && pfn < FREE_AT + 32)
		return level & LEVEL_FREE;
	if (pfn >= HUGE_AT && pfn < HUGE_AT + 512)
		return level & LEVEL_USER;
	switch (pfn) {
	case CACHE_AT:
		return level & (LEVEL_CACHE | LEVEL_CACHE_PRIVATE);
	case CACHE_PRIVATE_AT:
		return level & LEVEL_CACHE_PRIVATE;
	case USER_AT:
		return level & LEVEL_USER;
	case OFFLINE_AT:
	case POISON_AT:
		return true;
	default:
		return false;
	}
}
