/* SPDX-License-Identifier: MIT */
/*
 * kdump-compare A B: do two kdump-compressed files hold the same pages with the same bytes? A
 * is the reference (makedumpfile's), B ours. Reads the format by itself, on purpose without the
 * dumper's code. Prints the differing page frames as ranges. With -c CORE each range gets the
 * reason that the rules of the dumper give for it.
 *
 * Exit status: 0 same; 1 B lacks pages of A, or bytes differ; 3 B only has more; 2 cannot be read.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "explain.h"

struct dump {
	const char *name;
	const uint8_t *p;
	uint64_t size;
	uint32_t block;
	uint64_t max_mapnr;
	const uint8_t *bitmap1, *bitmap2, *desc;
	uint64_t next; /* index of the next descriptor while walking */
};

static uint32_t u32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static uint64_t u64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static int open_dump(const char *name, struct dump *d)
{
	int fd = open(name, O_RDONLY);
	struct stat st;
	uint64_t bitmap_off, bitmap_blocks, pages = 0;

	if (fd < 0 || fstat(fd, &st))
		return -1;
	*d = (struct dump){ .name = name, .size = (uint64_t)st.st_size };
	d->p = mmap(NULL, d->size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (d->p == MAP_FAILED || d->size < 8192 || memcmp(d->p, "KDUMP   ", 8))
		return -1;
	d->block = u32(d->p + 428);
	bitmap_off = (1 + (uint64_t)u32(d->p + 432)) * d->block;
	bitmap_blocks = u32(d->p + 436);
	d->max_mapnr = u64(d->p + d->block + 96);
	if (bitmap_blocks * d->block > d->size - bitmap_off ||
	    d->max_mapnr > bitmap_blocks / 2 * d->block * 8)
		return -1;
	d->bitmap1 = d->p + bitmap_off;
	d->bitmap2 = d->bitmap1 + bitmap_blocks / 2 * d->block;
	d->desc = d->bitmap1 + bitmap_blocks * d->block;
	for (uint64_t i = 0; i < bitmap_blocks / 2 * d->block / 8; i++)
		pages += (uint64_t)__builtin_popcountll(u64(d->bitmap2 + i * 8));
	if (pages * 24 > d->size - (uint64_t)(d->desc - d->p))
		return -1;
	return 0;
}

static bool bit(const uint8_t *map, uint64_t max, uint64_t pfn)
{
	return pfn < max && map[pfn / 8] >> pfn % 8 & 1;
}

/* The bytes of the next page of the walk. */
static bool page(struct dump *d, uint8_t *out)
{
	const uint8_t *e = d->desc + 24 * d->next++;
	uint64_t off = u64(e);
	uint32_t size = u32(e + 8), flags = u32(e + 12);
	uLongf len = d->block;

	if (!off || off > d->size || size > d->size - off || size > d->block)
		return false;
	if (!flags) {
		memcpy(out, d->p + off, d->block);
		return size == d->block;
	}
	if (flags & 0x20)
		return ZSTD_decompress(out, d->block, d->p + off, size) == d->block;
	if (flags & 0x1)
		return uncompress(out, &len, d->p + off, size) == Z_OK && len == d->block;
	return false;
}

enum kind { SAME, ONLY_A, ONLY_B, BYTES, BITMAP1, KINDS };
static const char *const kind_names[] = { "same", "only in A", "only in B", "bytes differ",
					  "bitmap 1 differs" };

struct run {
	enum kind kind;
	uint64_t first, n;
	const char *why;
};

static void print_run(const struct run *r)
{
	if (r->n && r->kind != SAME)
		printf("  %#" PRIx64 "-%#" PRIx64 " %s, %" PRIu64 " pages%s%s\n", r->first,
		       r->first + r->n - 1, kind_names[r->kind], r->n, r->why ? ": " : "",
		       r->why ? r->why : "");
}

static enum kind compare_page(struct dump *a, struct dump *b, uint64_t pfn, uint64_t bad[2])
{
	static uint8_t pa[65536], pb[65536];
	bool in_a = bit(a->bitmap2, a->max_mapnr, pfn), in_b = bit(b->bitmap2, b->max_mapnr, pfn);
	bool ok_a = !in_a || page(a, pa), ok_b = !in_b || page(b, pb);

	bad[0] += !ok_a;
	bad[1] += !ok_b;
	if (in_a && in_b)
		return ok_a && ok_b && !memcmp(pa, pb, a->block) ? SAME : BYTES;
	if (in_a || in_b)
		return in_a ? ONLY_A : ONLY_B;
	return bit(a->bitmap1, a->max_mapnr, pfn) == bit(b->bitmap1, b->max_mapnr, pfn) ? SAME
											: BITMAP1;
}

int main(int argc, char **argv)
{
	uint64_t counts[KINDS] = { 0 }, bad[2] = { 0 }, max, in_a = 0, unexplained = 0;
	struct explain *why = NULL;
	struct run run = { .n = 0 };
	struct dump a, b;

	if (argc == 5 && !strcmp(argv[1], "-c")) {
		why = explain_open(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc != 3) {
		fputs("usage: kdump-compare [-c CORE] A B\n", stderr);
		return 2;
	}
	if (open_dump(argv[1], &a) || open_dump(argv[2], &b) || a.block != b.block) {
		fprintf(stderr, "kdump-compare: %s, %s: not two readable kdump files\n", argv[1],
			argv[2]);
		return 2;
	}
	max = a.max_mapnr > b.max_mapnr ? a.max_mapnr : b.max_mapnr;
	for (uint64_t pfn = 0; pfn < max; pfn++) {
		enum kind k = compare_page(&a, &b, pfn, bad);
		const char *reason = k != SAME && why ? explain_page(why, pfn, k == ONLY_A) : NULL;

		in_a += bit(a.bitmap2, a.max_mapnr, pfn);
		counts[k]++;
		unexplained += k != SAME && !reason;
		if (k != run.kind || reason != run.why) {
			print_run(&run);
			run = (struct run){ k, pfn, 0, reason };
		}
		run.n++;
	}
	print_run(&run);
	explain_close(why);
	printf("%" PRIu64 " pages in A, only in A %" PRIu64 ", only in B %" PRIu64
	       ", bytes differ %" PRIu64 ", bitmap 1 differs %" PRIu64 ", unreadable %" PRIu64
	       "/%" PRIu64 ", max_mapnr %" PRIu64 "/%" PRIu64 ", unexplained %" PRIu64 "\n",
	       in_a, counts[ONLY_A], counts[ONLY_B], counts[BYTES], counts[BITMAP1], bad[0], bad[1],
	       a.max_mapnr, b.max_mapnr, unexplained);
	if (bad[0] || bad[1] || counts[BYTES] || counts[ONLY_A])
		return why && !unexplained && !bad[1] && !counts[BYTES] ? 3 : 1;
	return counts[ONLY_B] || counts[BITMAP1] ? 3 : 0;
}
