/* SPDX-License-Identifier: MIT */
/*
 * The writer alone, fed with more pages than its index holds: spills between the page data,
 * both layouts compared page by page, sparse memory, and failures at each put and get.
 */
#include "dumper/write/write_kdump.h"

#include <errno.h>

#include "dumper/sink/sink_flat.h"
#include "dumper/sink/sink_limit.h"
#include "lib/cleanup.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/kdumpread.h"
#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

#define PAGES (5u << 18) /* 5 GiB: over 2 spills */

struct job {
	struct fake f;
	struct crash c;
	struct compressor zip;
	uint8_t packed[3][4096];
	uint32_t packed_len[3];
};

static void job_open(struct job *j, uint64_t ram)
{
	uint8_t page[4096];

	fake_open(&j->f,
		  &(struct fake_desc){ .kernel = FAKE_6_12, .ram_bytes = ram, .section_bits = 27 });
	fake_finish(&j->f);
	CHECK_EQ(crash_open(j->f.path, &j->c), 0);
	CHECK_EQ(compress_open(&j->zip, DUMP_ZSTD, 0, 4096), 0);
	for (int i = 0; i < 3; i++) {
		memset(page, 'a' + i, sizeof(page));
		page[i * 7] = 1;
		j->packed_len[i] = (uint32_t)compress_page(&j->zip, page, j->packed[i]);
		CHECK(j->packed_len[i] > 0);
	}
}

static void job_close(struct job *j)
{
	compress_close(&j->zip);
	crash_close(&j->c);
	fake_close(&j->f);
}

static enum tokens_kind kind_of(uint64_t pfn)
{
	if (pfn % 5003 == 1)
		return TOKENS_RAW;
	if (pfn % 911 == 3)
		return TOKENS_LOST;
	return pfn % 3 ? TOKENS_ZERO : TOKENS_PACKED;
}

/* Every page but each eleventh; a gap of a GiB. */
static bool is_kept(uint64_t pfn)
{
	return pfn % 11 && !(pfn >= 2u << 18 && pfn < 3u << 18);
}

static int emit(struct kdump_writer *w, uint64_t pfn, enum tokens_kind k, uint8_t *bytes,
		uint32_t size)
{
	static struct batch b;

	b.n = 1;
	b.bytes = bytes;
	b.page[0] = (struct batch_page){
		.page = { .pfn = pfn, .kind = k, .size = k == TOKENS_PACKED ? size : 0 },
		.hash = pfn + 1
	};
	return w->base.emit(&w->base, &b);
}

static int emit_kind(struct job *j, struct kdump_writer *w, uint64_t pfn)
{
	static uint8_t raw[4096] = { 1, 2, 3 };
	enum tokens_kind k = kind_of(pfn);

	memcpy(raw + 8, &pfn, sizeof(pfn));
	if (k == TOKENS_PACKED)
		return emit(w, pfn, k, j->packed[pfn / 3 % 3], j->packed_len[pfn / 3 % 3]);
	return emit(w, pfn, k, raw, 4096);
}

/* The kernel image's place: what is early is dumped out of turn. */
static bool is_early(uint64_t pfn)
{
	return pfn >= 1000 && pfn < 1500;
}

static int write_some(struct job *j, struct kdump_writer *w, uint64_t pages, bool early, bool all)
{
	int r = 0;

	for (uint64_t pfn = 0; pfn < pages && !r; pfn++) {
		if (is_kept(pfn) && (all || is_early(pfn) == early))
			r = emit_kind(j, w, pfn);
	}
	return r;
}

static int write_pages(struct job *j, uint64_t pages, struct sink *out)
{
	struct dump_options opt = { .level = 31 };
	struct kdump_writer w;
	int r = kdump_open(&w, &j->c, &opt, &j->zip, out);

	if (r)
		return r;
	r = w.base.begin(&w.base);
	if (!r && w.base.begin_next) {
		r = write_some(j, &w, pages, true, false);
		if (!r)
			r = w.base.begin_next(&w.base);
	}
	if (!r)
		r = write_some(j, &w, pages, false, !w.base.begin_next);
	if (!r)
		r = w.base.finish(&w.base);
	w.base.close(&w.base);
	return r;
}

static void check_page(const struct kdumpread *d, uint64_t pfn, unsigned *wrong)
{
	static const uint8_t zero[4096];
	uint8_t page[4096];
	enum kdumpread_page got = kdumpread_page(d, pfn, page, NULL);

	if (!is_kept(pfn)) {
		*wrong += got != KDUMPREAD_EXCLUDED;
		return;
	}
	switch (kind_of(pfn)) {
	case TOKENS_RAW:
		*wrong += got != KDUMPREAD_OK || memcmp(page + 8, &pfn, sizeof(pfn));
		break;
	case TOKENS_ZERO:
		*wrong += got != KDUMPREAD_OK || memcmp(page, zero, sizeof(zero));
		break;
	case TOKENS_PACKED:
		*wrong += got != KDUMPREAD_OK || page[100] != 'a' + pfn / 3 % 3;
		break;
	case TOKENS_SHARED:
		break;
	case TOKENS_LOST:
		*wrong += got != KDUMPREAD_LOST;
		break;
	}
}

TEST(more_pages_than_the_index_holds)
{
	for (int tail = 0; tail < 2; tail++) {
		struct memsink m;
		struct kdumpread d;
		unsigned wrong = 0;
		struct job j;

		job_open(&j, (uint64_t)PAGES * 4096);
		memsink_open(&m, tail);
		CHECK_EQ(write_pages(&j, PAGES, &m.base), 0);
		CHECK(!m.overlapped);
		CHECK(kdumpread_open(&d, m.buf, m.len));
		CHECK_EQ(d.max_mapnr, PAGES);
		for (uint64_t pfn = 0; pfn < PAGES; pfn += pfn % 100000 < 40 ? 1 : 997)
			check_page(&d, pfn, &wrong);
		CHECK_EQ(wrong, 0);
		CHECK_EQ(m.gets, tail ? 4 : 0);
		/*
		 * strictly sequential but for rounding up: notes, zero page, end of the data;
		 * and the header
		 */
		CHECK(!tail || m.jumps <= 4);
		memsink_close(&m);
		job_close(&j);
	}
}

TEST(every_put_and_get_fails_once)
{
	unsigned puts = 1, gets = 1;
	struct job j;

	job_open(&j, (uint64_t)PAGES * 4096);
	for (unsigned i = 1; i <= puts + gets; i += i < 4 ? 1 : 9) {
		struct memsink m;

		memsink_open(&m, true);
		if (i > 1 && i <= puts)
			m.fail_put = i;
		else if (i > puts)
			m.fail_get = i - puts;
		m.error = m.fail_get ? -EIO : -ENOSPC;
		CHECK_EQ(write_pages(&j, PAGES, &m.base), m.fail_put   ? -ENOSPC
							  : m.fail_get ? -EIO
								       : 0);
		if (i == 1) {
			puts = m.puts;
			gets = m.gets;
		}
		memsink_close(&m);
	}
	CHECK(puts > 20 && gets == 4);
	job_close(&j);
}

/* As write_pages() on a target with so much room; */
static int write_what_fits(struct job *j, struct sink *out, uint64_t *ret_saved)
{
	struct dump_options opt = { .level = 31 };
	struct kdump_writer w;
	int r = kdump_open(&w, &j->c, &opt, &j->zip, out);

	*ret_saved = 0;
	if (r)
		return r;
	r = w.base.begin(&w.base);
	if (!r)
		r = write_some(j, &w, PAGES, true, false);
	if (!r)
		r = w.base.begin_next(&w.base);
	if (!r)
		r = write_some(j, &w, PAGES, false, false);
	if (!r)
		r = w.base.finish(&w.base);
	if (r == -ENOSPC)
		r = w.base.finish_full(&w.base);
	*ret_saved = w.base.saved;
	w.base.close(&w.base);
	return r;
}

/* Among the places where it ends are those right behind, in and before a spill. */
TEST(a_full_target_with_spills)
{
	uint64_t whole = 0, last = 0;
	struct job j;

	job_open(&j, (uint64_t)PAGES * 4096);
	for (unsigned percent = 100; percent >= 60; percent -= 7) {
		struct sink_limit limit;
		unsigned wrong = 0;
		struct kdumpread d;
		struct memsink m;
		uint64_t saved;
		int r;

		memsink_open(&m, true);
		sink_limit_init(&limit, &m.base, whole ? whole / 100 * percent : UINT64_MAX);
		r = write_what_fits(&j, &limit.base, &saved);
		whole = whole ? whole : m.len;
		CHECK(!r || r == -ENOSPC);
		if (!r) {
			CHECK(kdumpread_open(&d, m.buf, m.len));
			CHECK(percent == 100 || (d.pages == saved && saved));
			for (uint64_t pfn = 0; pfn < PAGES; pfn += 97) {
				if (kdumpread_dumped(&d, pfn))
					check_page(&d, pfn, &wrong);
			}
			CHECK_EQ(wrong, 0);
			CHECK(!last || d.pages <= last);
			last = d.pages;
		}
		memsink_close(&m);
	}
	CHECK(last);
	job_close(&j);
}

/* Without a single page: bitmaps of zeros, and the one shared page. */
TEST(nothing_kept)
{
	for (int tail = 0; tail < 2; tail++) {
		struct memsink m;
		struct kdumpread d;
		struct job j;

		job_open(&j, 8 << 20);
		memsink_open(&m, tail);
		CHECK_EQ(write_pages(&j, 0, &m.base), 0);
		CHECK(kdumpread_open(&d, m.buf, m.len));
		CHECK_EQ(d.pages, 0);
		CHECK(kdumpread_ram(&d, 2047) && !kdumpread_ram(&d, 2048));
		memsink_close(&m);
		job_close(&j);
	}
}

/*
 * RAM at both ends of 64 GiB: a fixed layout does not send the zeros between, nor does the other
 * one put them into a new file, which still is as long as its bitmaps are.
 */
TEST(sparse_machine)
{
	for (int mode = 0; mode < 4; mode++) {
		bool tail = mode > 0, holes = mode > 1, both = mode < 3;
		struct kdump_writer w;
		struct kdumpread d;
		struct memsink m;
		struct dump_options opt = { .level = 31 };
		uint64_t sent = 0, last = (64ull << 18) - 1;
		struct job j;

		fake_open(&j.f, &(struct fake_desc){ .kernel = FAKE_6_12 });
		fake_finish(&j.f);
		j.f.ph[3] = j.f.ph[2];
		j.f.eh->e_phnum = 4;
		j.f.ph[3].p_paddr = last * 4096;
		j.f.ph[3].p_filesz = j.f.ph[3].p_memsz = 4096;
		CHECK_EQ(crash_open(j.f.path, &j.c), 0);
		CHECK_EQ(compress_open(&j.zip, DUMP_STORED, 0, 4096), 0);
		memsink_open(&m, tail);
		m.base.zeros = holes;
		CHECK_EQ(kdump_open(&w, &j.c, &opt, &j.zip, &m.base), 0);
		CHECK_EQ(w.base.begin(&w.base), 0);
		CHECK_EQ(emit(&w, 5, TOKENS_RAW, j.f.mem + FAKE_IMAGE_PA, 4096), 0);
		if (both)
			CHECK_EQ(emit(&w, last, TOKENS_RAW, j.f.mem + FAKE_IMAGE_PA, 4096), 0);
		CHECK_EQ(w.base.finish(&w.base), 0);
		w.base.close(&w.base);
		CHECK(kdumpread_open(&d, m.buf, m.len));
		CHECK_EQ(d.pages, 1 + both);
		CHECK(kdumpread_dumped(&d, 5) && kdumpread_dumped(&d, last) == both &&
		      !kdumpread_dumped(&d, last - 1));
		CHECK(kdumpread_ram(&d, 2047) && !kdumpread_ram(&d, 2048) &&
		      kdumpread_ram(&d, last));
		for (uint64_t i = 0; i < m.len; i++)
			sent += m.written[i];
		CHECK(tail && !holes ? sent > 4 << 20 : sent < 100 << 10);
		memsink_close(&m);
		job_close(&j);
	}
}

/*
 * Where struct pages are left out, 128 MiB of which nothing is kept are told as absent, and only
 * they; their bits are not put into a new file.
 */
TEST(empty_memory_without_struct_pages)
{
	static const uint64_t kept[] = { 5, 3u << 15, (4u << 15) - 1, 5u << 15 };

	for (int mode = 0; mode < 4; mode++) {
		struct dump_options opt = { .level = 31 };
		bool without = mode & 1, holes = mode & 2;
		uint64_t pages = (1ull << 18) - 100; /* 1 GiB */
		unsigned wrong = 0;
		struct kdump_writer w;
		struct kdumpread d;
		struct memsink m;
		struct job j;

		job_open(&j, pages * 4096);
		memsink_open(&m, true);
		m.base.zeros = holes;
		CHECK_EQ(kdump_open(&w, &j.c, &opt, &j.zip, &m.base), 0);
		w.base.struct_pages_excluded = without;
		CHECK_EQ(w.base.begin(&w.base), 0);
		for (size_t i = 0; i < ARRAY_LEN(kept); i++)
			CHECK_EQ(emit_kind(&j, &w, kept[i]), 0);
		CHECK_EQ(w.base.finish(&w.base), 0);
		w.base.close(&w.base);
		CHECK(kdumpread_open(&d, m.buf, m.len));
		CHECK_EQ(d.pages, ARRAY_LEN(kept));
		for (uint64_t pfn = 0; pfn < 1u << 18; pfn++) {
			bool near = pfn >> 15 == 0 || pfn >> 15 == 3 || pfn >> 15 == 5;

			wrong += kdumpread_ram(&d, pfn) != (pfn < pages && (near || !without));
		}
		CHECK_EQ(wrong, 0);
		for (size_t i = 0; i < ARRAY_LEN(kept); i++)
			CHECK(kdumpread_dumped(&d, kept[i]));
		for (int i = 0; i < 8; i++)
			CHECK_EQ(m.written[d.ram - m.buf + i * 4096],
				 !without || !holes || i == 0 || i == 3 || i == 5);
		memsink_close(&m);
		job_close(&j);
	}
}

/* Notes larger than the writer's buffer pass through in pieces. */
TEST(megabytes_of_notes)
{
	static uint8_t note[3 << 20];
	struct kdumpread d;
	struct memsink m;
	struct job j;

	job_open(&j, 8 << 20);
	for (size_t i = 0; i < sizeof(note); i++)
		note[i] = (uint8_t)(i * 31 >> 3);
	memcpy(j.f.mem + (4 << 20), note, sizeof(note));
	j.c.vmcore.note_off = FAKE_MEM_OFF + (4 << 20);
	j.c.vmcore.note_len = sizeof(note);
	memsink_open(&m, true);
	CHECK_EQ(write_pages(&j, 100, &m.base), 0);
	CHECK(kdumpread_open(&d, m.buf, m.len));
	CHECK_EQ(d.note_len, sizeof(note));
	CHECK(!memcmp(m.buf + d.note_off, note, sizeof(note)));
	memsink_close(&m);
	job_close(&j);
}

/* A note area that the file does not hold any more is an error, not a dump with other bytes. */
TEST(notes_that_cannot_be_read)
{
	struct memsink m;
	struct job j;

	job_open(&j, 8 << 20);
	j.c.vmcore.note_off = j.f.file_len - 10;
	memsink_open(&m, true);
	CHECK_EQ(write_pages(&j, 100, &m.base), -ENODATA);
	memsink_close(&m);
	job_close(&j);
}

static int take(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	(void)s, (void)off, (void)buf, (void)len;
	return 0;
}

/* 32 bits of blocks in front of the bitmaps: 8 TiB of page data. */
TEST(more_data_than_the_format_can_address)
{
	struct sink s = { .put = take, .get = (void *)take, .rewrites = true };
	struct dump_options opt = { .level = 31 };
	struct kdump_writer w;
	struct job j;

	job_open(&j, 8 << 20);
	CHECK_EQ(kdump_open(&w, &j.c, &opt, &j.zip, &s), 0);
	CHECK_EQ(w.base.begin(&w.base), 0);
	w.data.off += 8ull << 40;
	CHECK_EQ(w.base.finish(&w.base), -EFBIG);
	w.base.close(&w.base);
	job_close(&j);
}
