/* SPDX-License-Identifier: MIT */
/*
 * --mem-usage /proc/kcore: the running machine's pages by class, and how large its dumps would be.
 * Zero pages and compression are judged by samples: reading all of memory would take as long as a
 * dump.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/cmd/cmd.h"
#include "dumper/cmd/messages.h"
#include "dumper/compress/compress.h"
#include "dumper/filter/units.h"
#include "lib/bits.h"
#include "lib/cleanup.h"
#include "lib/json.h"
#include "lib/log.h"

#define SAMPLES	   2048 /* pages looked at for each level */
#define DESC_BYTES 24	/* of a page, in the dump */
#define JSON_BYTES 8192
#define MAX_RANGES 8

static const unsigned levels[] = { 0, 1, 16, 17, 23, 25, 31 };

struct level {
	uint64_t kept;			/* pages */
	uint64_t left;			/* until the next sample */
	uint64_t samples, zero, packed; /* packed: bytes of the samples that are not zero */
};

struct usage {
	struct crash *core;
	struct dump_stats stats;
	/* the crash kernel, which no dump holds */
	struct range {
		uint64_t from, to; /* page frames */
	} reserved[MAX_RANGES];
	unsigned n_reserved;
	uint64_t reserved_pages;
	bool exclude_struct_pages;
	struct level level[ARRAY_LEN(levels)];
	struct level *at;
	uint64_t every;
	struct compressor zip;
	uint8_t page[65536], out[65536];
};

static void sample(struct usage *u, uint64_t pfn)
{
	size_t bytes = 1ul << u->core->vmcore.page_shift, n;

	/* memory that nobody may read (a guest's, a broken page) says nothing */
	if (vmcore_read(&u->core->vmcore, pfn << u->core->vmcore.page_shift, u->page, bytes))
		return;
	u->at->samples++;
	if (!u->page[0] && !memcmp(u->page, u->page + 1, bytes - 1)) {
		u->at->zero++;
		return;
	}
	n = compress_page(&u->zip, u->page, u->out);
	u->at->packed += n ? n : bytes;
}

/* The kept pages of the unit that are not the crash kernel's; their number. */
static unsigned kept_pages(const struct usage *u, const struct filter_unit *f,
			   uint64_t kept[FILTER_WORDS])
{
	memcpy(kept, f->kept, sizeof(f->kept));
	for (unsigned i = 0; i < u->n_reserved; i++) {
		const struct range *r = &u->reserved[i];
		uint64_t from = r->from > f->pfn ? r->from - f->pfn : 0;
		uint64_t to = r->to > f->pfn ? r->to - f->pfn : 0;

		if (from < f->n && to > from)
			bits_clear(kept, NULL, (unsigned)from, to < f->n ? (unsigned)to : f->n);
	}
	return bits_count(kept, f->n);
}

static int count_unit(void *ctx, const struct filter_unit *f)
{
	struct usage *u = ctx;
	uint64_t kept[FILTER_WORDS];

	u->at->kept += kept_pages(u, f, kept);
	return 0;
}

/* Every so-and-so-many-th page; most units of a large machine hold none of them. */
static int sample_unit(void *ctx, const struct filter_unit *f)
{
	struct usage *u = ctx;
	uint64_t kept[FILTER_WORDS];
	unsigned n = kept_pages(u, f, kept);

	if (n <= u->at->left) {
		u->at->left -= n;
		return 0;
	}
	for (unsigned i = bits_next(kept, 0, f->n, 1); i < f->n;
	     i = bits_next(kept, i + 1, f->n, 1)) {
		if (u->at->left) {
			u->at->left--;
			continue;
		}
		u->at->left = u->every - 1;
		sample(u, f->pfn + i);
	}
	return 0;
}

static int look_at_level(struct usage *u, unsigned i)
{
	int r;

	u->at = &u->level[i];
	r = units_each(u->core, levels[i], u->exclude_struct_pages, count_unit, u);
	if (r)
		return r;
	u->every = u->at->kept / SAMPLES ? u->at->kept / SAMPLES : 1;
	return units_each(u->core, levels[i], u->exclude_struct_pages, sample_unit, u);
}

/* Bytes of the dump at a level, packed with zstd or stored. */
static uint64_t estimate(const struct usage *u, unsigned i, bool packed)
{
	const struct level *l = &u->level[i];
	uint64_t page = 1ull << u->core->vmcore.page_shift, filled = l->kept, bytes;

	if (levels[i] & LEVEL_ZERO && l->samples)
		filled = (uint64_t)((double)l->kept * (double)(l->samples - l->zero) /
				    (double)l->samples);
	bytes = page;
	if (packed && l->samples) {
		/* a zero page that is kept as a page packs to next to nothing */
		uint64_t n = levels[i] & LEVEL_ZERO ? l->samples - l->zero : l->samples;

		bytes = n ? l->packed / n : 0;
	}
	return filled * bytes + l->kept * DESC_BYTES;
}

/* What crashkernel= took: lines "  76000000-7dffffff : Crash kernel" of /proc/iomem. */
static void find_crash_kernel(struct usage *u)
{
	_fclose_ FILE *f = fopen("/proc/iomem", "re");
	unsigned shift = u->core->vmcore.page_shift;
	char line[256];

	while (f && fgets(line, sizeof(line), f) && u->n_reserved < MAX_RANGES) {
		uint64_t from, last;
		char *at;

		if (!strstr(line, ": Crash kernel"))
			continue;
		from = strtoull(line, &at, 16);
		last = *at == '-' ? strtoull(at + 1, NULL, 16) : 0;
		if (last <= from)
			continue;
		u->reserved[u->n_reserved++] = (struct range){ from >> shift, (last >> shift) + 1 };
	}
}

static int measure_usage(struct usage *u)
{
	size_t page = 1ul << u->core->vmcore.page_shift;
	int r = dump_count(u->core, &u->stats);

	if (!r)
		r = compress_open(&u->zip, DUMP_ZSTD, 0, page);
	if (r)
		return r;
	for (unsigned i = 0; i < ARRAY_LEN(levels) && !r; i++)
		r = look_at_level(u, i);
	compress_close(&u->zip);
	/* to the kernel it is memory of its own */
	for (unsigned i = 0; i < u->n_reserved; i++)
		u->reserved_pages += u->reserved[i].to - u->reserved[i].from;
	if (u->reserved_pages > u->stats.pages[PAGE_KEEP])
		u->reserved_pages = u->stats.pages[PAGE_KEEP];
	u->stats.pages_ram -= u->reserved_pages;
	u->stats.pages[PAGE_KEEP] -= u->reserved_pages;
	return r;
}

static void print_json(const struct usage *u)
{
	char buf[JSON_BYTES];
	struct json j;

	json_init(&j, buf, sizeof(buf));
	json_object(&j, NULL);
	json_uint(&j, "page_bytes", 1ull << u->core->vmcore.page_shift);
	json_uint(&j, "crash_kernel_pages", u->reserved_pages);
	json_object(&j, "pages");
	json_uint(&j, "ram", u->stats.pages_ram);
	for (int c = 0; c < PAGE_CLASSES; c++)
		json_uint(&j, page_class_name((enum page_class)c), u->stats.pages[c]);
	json_end_object(&j);
	json_array(&j, "levels");
	for (unsigned i = 0; i < ARRAY_LEN(levels); i++) {
		json_object(&j, NULL);
		json_uint(&j, "level", levels[i]);
		json_uint(&j, "pages", u->level[i].kept);
		json_uint(&j, "stored_bytes", estimate(u, i, false));
		json_uint(&j, "zstd_bytes", estimate(u, i, true));
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	json_finish(&j);
	fputs(buf, stdout);
}

static void print_text(const struct usage *u)
{
	unsigned shift = u->core->vmcore.page_shift;

	printf("%-14s %12" PRIu64 " pages %9" PRIu64 " MiB\n", "ram", u->stats.pages_ram,
	       u->stats.pages_ram << shift >> 20);
	for (int c = 0; c < PAGE_CLASSES; c++)
		printf("%-14s %12" PRIu64 " pages %9" PRIu64 " MiB\n",
		       page_class_name((enum page_class)c), u->stats.pages[c],
		       u->stats.pages[c] << shift >> 20);
	printf("\nlevel        pages    stored      zstd  (estimated from samples)\n");
	for (unsigned i = 0; i < ARRAY_LEN(levels); i++)
		printf("%5u %12" PRIu64 " %5" PRIu64 " MiB %5" PRIu64 " MiB\n", levels[i],
		       u->level[i].kept, estimate(u, i, false) >> 20, estimate(u, i, true) >> 20);
}

int cmd_mem_usage(const struct collector *o)
{
	_free_ struct usage *u = calloc(1, sizeof(*u));
	static struct crash core;
	const char *src = o->operands[0];
	int r;

	if (!u) {
		log_err("no memory");
		return EXIT_FAILED;
	}
	r = crash_open(src, &core);
	if (r || core.missing) {
		log_err("%s: %s", src, core.why);
		if (!r)
			crash_close(&core);
		return EXIT_FAILED;
	}
	u->core = &core;
	u->exclude_struct_pages = o->exclude_struct_pages;
	if (!strcmp(src, "/proc/kcore"))
		find_crash_kernel(u);
	r = measure_usage(u);
	if (r)
		log_err("%s: %s", src, strerror(-r));
	else if (o->json)
		print_json(u);
	else
		print_text(u);
	crash_close(&core);
	return r ? EXIT_FAILED : EXIT_OK;
}
