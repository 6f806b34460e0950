/* SPDX-License-Identifier: MIT */
/*
 * The pipeline: units of memory in order, each filtered, its kept pages read in runs,
 * compressed and handed to the writer.
 */
#include "dumper/dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "dumper/bits.h"
#include "dumper/compress.h"
#include "dumper/filter.h"
#include "dumper/protect.h"
#include "dumper/write_kdump.h"
#include "lib/bytes.h"

#define DATA_WINDOW	(4u << 20)	/* 8 KiB of page tables */
#define DATA_BUFFER	(256u << 10)	/* of a source that cannot be mapped */
#define PROGRESS_MS	250
#define PROGRESS_PAGES	1024		/* looks at the clock that often */

/* What a run owns; all of it exists before the first page is read. */
struct pipeline {
	struct core *core;
	const struct dump_options *opt;
	struct dump_stats *stats;
	struct protect protect;
	struct filter filter;
	struct filter_unit unit;
	struct vmcore_window window;
	struct compressor zip;
	struct kdump_writer writer;
	uint8_t *gather, *filter_buf, *data_buf, *packed;
	uint64_t started_ms, reported_ms, pages_total;
	uint64_t pages_done, pages_before;	/* now; at the start of the unit */
	unsigned until_look;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void report(struct pipeline *p, bool last)
{
	uint64_t now = now_ms();
	struct dump_progress prog = {
		.pages_done = p->pages_done,
		.pages_total = p->pages_total,
		.bytes_in = p->stats->bytes_in,
		.bytes_out = p->writer.bytes,
		.elapsed_ms = now - p->started_ms,
		.left_ms = UINT64_MAX,
	};

	if (!p->opt->progress || (!last && now - p->reported_ms < PROGRESS_MS))
		return;
	p->reported_ms = now;
	if (prog.pages_done && prog.elapsed_ms > 1000)
		prog.left_ms =
			(prog.pages_total - prog.pages_done) * prog.elapsed_ms / prog.pages_done;
	p->opt->progress(p->opt->progress_ctx, &prog);
}

/* In the middle of a unit, at pfn. */
static void look(struct pipeline *p, uint64_t pfn)
{
	uint64_t inside = pfn - p->unit.pfn;

	p->until_look = PROGRESS_PAGES;
	p->pages_done = p->pages_before + (inside < p->unit.pages_ram ? inside : p->unit.pages_ram);
	report(p, false);
}

static bool is_zero(const uint8_t *page, size_t bytes)
{
	/* a page may stand at any offset of the file */
	for (const uint8_t *p = page; p < page + bytes; p += 64) {
		if (get_u64(p) | get_u64(p + 8) | get_u64(p + 16) | get_u64(p + 24) |
		    get_u64(p + 32) | get_u64(p + 40) | get_u64(p + 48) | get_u64(p + 56))
			return false;
	}
	return true;
}

static int dump_page(struct pipeline *p, uint64_t pfn, const uint8_t *page)
{
	size_t bytes = 1ul << p->core->vmcore.page_shift, n;

	if (is_zero(page, bytes)) {
		p->stats->pages_zero++;
		return kdump_page(&p->writer, pfn, INDEX_ZERO, NULL, 0);
	}
	n = compress_page(&p->zip, page, p->packed);
	/* a size of 0x7fff and more cannot stand in the index */
	if (n && n < 0x7fff)
		return kdump_page(&p->writer, pfn, INDEX_PACKED, p->packed, (uint32_t)n);
	return kdump_page(&p->writer, pfn, INDEX_RAW, page, (uint32_t)bytes);
}

static int dump_lost(struct pipeline *p, uint64_t pfn)
{
	p->stats->pages_lost++;
	return kdump_page(&p->writer, pfn, INDEX_LOST, NULL, 0);
}

/* One run of kept pages. */
static int dump_run_of_pages(struct pipeline *p, uint64_t pfn, uint64_t n)
{
	unsigned shift = p->core->vmcore.page_shift;

	while (n) {
		size_t len = n << shift;
		const uint8_t *mem = vmcore_window_get(&p->window, pfn << shift, &len);
		uint64_t have = mem ? len >> shift : 1;

		for (uint64_t i = 0; i < have; i++) {
			int r = mem ? dump_page(p, pfn + i, mem + (i << shift)) : dump_lost(p, pfn);

			if (r)
				return r;
			p->stats->bytes_in += 1ull << shift;
			if (!--p->until_look)
				look(p, pfn + i);
		}
		pfn += have;
		n -= have;
	}
	return 0;
}

static int dump_unit(struct pipeline *p)
{
	const struct filter_unit *u = &p->unit;
	unsigned from = bits_next(u->kept, 0, u->n, 1);

	while (from < u->n) {
		unsigned to = bits_next(u->kept, from, u->n, 0);
		int r = dump_run_of_pages(p, u->pfn + from, to - from);

		if (r)
			return r;
		from = bits_next(u->kept, to, u->n, 1);
	}
	return 0;
}

static void count_unit(struct dump_stats *s, const struct filter_unit *u)
{
	s->pages_ram += u->pages_ram;
	s->pages_absent += u->pages_absent;
	s->units_unfiltered += u->unfiltered;
	for (unsigned c = 0; c < PAGE_CLASSES; c++)
		s->pages[c] += u->pages[c];
}

static int open_filter(struct pipeline *p, struct core *c, unsigned level, bool whole)
{
	size_t page = 1ul << c->vmcore.page_shift;

	p->core = c;
	p->gather = malloc(FILTER_GATHER_BYTES);
	p->filter_buf = malloc(page);
	if (!p->gather || !p->filter_buf)
		return -ENOMEM;
	protect_init(&p->protect, &c->kmem, &c->memmap, &c->info);
	filter_init(&p->filter, &c->kmem, &c->memmap, &p->protect, &c->info, level, whole,
		    p->gather, p->filter_buf, page);
	p->stats->level_off = level & ~LEVEL_ZERO & ~(p->filter.whole ? 0 : p->filter.layout.rules);
	return 0;
}

static int open_all(struct pipeline *p, struct core *c, struct sink *out)
{
	const struct dump_options *opt = p->opt;
	size_t page = 1ul << c->vmcore.page_shift;
	int r = open_filter(p, c, opt->level, opt->whole);

	p->data_buf = malloc(DATA_BUFFER);
	p->packed = malloc(page);
	if (r || !p->data_buf || !p->packed)
		return -ENOMEM;
	vmcore_window_init(&p->window, &c->vmcore, DATA_WINDOW, p->data_buf, DATA_BUFFER);
	r = compress_open(&p->zip, opt->codec == DUMP_ZSTD ? COMPRESS_ZSTD : COMPRESS_STORED,
			  opt->codec_level, page);
	if (r)
		return r;
	p->pages_total = vmcore_ram_pages(&c->vmcore);
	p->until_look = PROGRESS_PAGES;
	return kdump_open(&p->writer, c, opt->level, &p->zip, out);
}

static void close_all(struct pipeline *p)
{
	kdump_close(&p->writer);
	compress_close(&p->zip);
	vmcore_window_close(&p->window);
	filter_close(&p->filter);
	free(p->packed);
	free(p->data_buf);
	free(p->filter_buf);
	free(p->gather);
	free(p);
}

static int dump_units(struct pipeline *p)
{
	uint64_t pfn = 0;

	while (filter_next(&p->filter, pfn, &p->unit)) {
		int r = dump_unit(p);

		if (r)
			return r;
		count_unit(p->stats, &p->unit);
		pfn = p->unit.pfn + p->unit.n;
		p->pages_before += p->unit.pages_ram;
		p->pages_done = p->pages_before;
		report(p, false);
	}
	return kdump_finish(&p->writer, p->core);
}

int dump_run(struct core *c, const struct dump_options *opt, struct sink *out,
	     struct dump_stats *ret)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	struct rusage usage;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (!p)
		return -ENOMEM;
	if (c->missing & CORE_NO_MEMMAP && opt->level & ~LEVEL_ZERO && !opt->whole) {
		free(p);
		return -ENODATA;
	}
	p->opt = opt;
	p->stats = ret;
	p->started_ms = now_ms();
	r = open_all(p, c, out);
	if (!r)
		r = dump_units(p);
	report(p, true);
	ret->bytes_out = p->writer.bytes;
	ret->elapsed_ms = now_ms() - p->started_ms;
	if (!getrusage(RUSAGE_SELF, &usage))
		ret->peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
	close_all(p);
	return r;
}

int dump_count(struct core *c, struct dump_stats *ret)
{
	struct pipeline *p;
	uint64_t pfn = 0;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (c->missing & CORE_NO_MEMMAP)
		return -ENODATA;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->stats = ret;
	r = open_filter(p, c, LEVEL_ALL, false);
	while (!r && filter_next(&p->filter, pfn, &p->unit)) {
		count_unit(ret, &p->unit);
		pfn = p->unit.pfn + p->unit.n;
	}
	close_all(p);
	return r;
}
