/* SPDX-License-Identifier: MIT */
/*
 * dump_run from a fake core to the bytes of a dump: both layouts, all levels, and what goes
 * wrong on the way.
 */
#include "dumper/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dumper/format/kdump_format.h"
#include "dumper/sink/sink_flat.h"
#include "dumper/sink/sink_limit.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/fakemachine.h"
#include "tests/unit/fake/kdumpread.h"
#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

#define MIB (1ull << 20)

struct run {
	struct crash core;
	struct dump_stats stats;
	struct memsink sink;
	int result;
};

static void run_into(struct run *r, struct fake *f, const struct dump_options *opt, bool tail)
{
	memsink_open(&r->sink, tail);
	CHECK_EQ(crash_open(f->path, &r->core), 0);
	r->result = dump_run(&r->core, opt, &r->sink.base, &r->stats);
}

static void run_close(struct run *r)
{
	crash_close(&r->core);
	memsink_close(&r->sink);
}

static void check_pages(struct fake *f, const struct kdumpread *d, unsigned level)
{
	uint8_t page[4096];
	unsigned wrong = 0;

	for (uint64_t pfn = 0; pfn < 2048; pfn++) {
		enum kdumpread_page p = kdumpread_page(d, pfn, page, NULL);

		wrong += !kdumpread_ram(d, pfn);
		wrong +=
			p != (fakemachine_left_out(pfn, level) ? KDUMPREAD_EXCLUDED : KDUMPREAD_OK);
		wrong += p == KDUMPREAD_OK && memcmp(page, f->mem + pfn * 4096, 4096);
	}
	CHECK_EQ(wrong, 0);
}

static void check_dump(struct fake *f, const struct dump_options *opt, bool tail)
{
	struct kdumpread d;
	uint64_t sum = 0;
	struct run r;

	run_into(&r, f, opt, tail);
	CHECK_EQ(r.result, 0);
	CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
	CHECK(!r.sink.overlapped && !r.sink.committed && !r.sink.aborted);
	CHECK_EQ(d.max_mapnr, 2048);
	CHECK_EQ(d.level, opt->level);
	CHECK_EQ(d.pages, r.stats.pages[PAGE_KEEP]);
	CHECK_EQ(r.stats.bytes_out, r.sink.len);
	CHECK_EQ(r.stats.bytes_in, r.stats.pages[PAGE_KEEP] * 4096);
	CHECK_EQ(r.stats.pages_lost + r.stats.units_unfiltered + r.stats.level_off, 0);
	CHECK_EQ(r.stats.pages_whole + r.stats.pages_doubt, 0);
	CHECK(!r.stats.live && !r.stats.memory_changed);
	for (int c = 0; c < PAGE_CLASSES; c++)
		sum += r.stats.pages[c];
	CHECK_EQ(sum, r.stats.pages_ram);
	CHECK(r.stats.pages_zero > 500);
	CHECK_EQ(d.info_len, strlen(f->info));
	CHECK(d.info_off && !memcmp(d.file + d.info_off, f->info, d.info_len));
	CHECK_EQ(d.note_len, f->ph[0].p_filesz);
	CHECK(!memcmp(d.file + d.note_off, f->file + FAKE_NOTE_OFF, d.note_len));
	check_pages(f, &d, opt->level);
	run_close(&r);
}

TEST(every_kernel_in_both_layouts)
{
	static const unsigned levels[] = { 0, 1, 2, 4, 8, 16, 17, LEVEL_ALL };

	for (enum fake_kernel k = 0; k < FAKE_KERNELS; k++) {
		struct fake f;

		fakemachine_make(&f, k);
		for (size_t i = k == FAKE_6_12 ? 0 : 6; i < sizeof(levels) / sizeof(levels[0]);
		     i++) {
			check_dump(&f,
				   &(struct dump_options){ .level = levels[i], .codec = DUMP_ZSTD },
				   true);
			check_dump(
				&f,
				&(struct dump_options){ .level = levels[i], .codec = DUMP_STORED },
				false);
		}
		fake_close(&f);
	}
}

TEST(identity_stands_in_the_header)
{
	struct fake f;
	struct run r;

	fakemachine_make(&f, FAKE_6_12);
	run_into(&r, &f, &(struct dump_options){ .level = 31 }, true);
	CHECK_STR((char *)r.sink.buf + 12, "Linux");
	CHECK_STR((char *)r.sink.buf + 12 + 65, "fakehost");
	CHECK_STR((char *)r.sink.buf + 12 + 2 * 65, FAKE_RELEASE);
	CHECK_STR((char *)r.sink.buf + 12 + 4 * 65, "x86_64");
	CHECK_EQ(*(int64_t *)(void *)(r.sink.buf + 408), 1795444220);
	CHECK_EQ(*(int32_t *)(void *)(r.sink.buf + 460), 2);
	CHECK_EQ(*(int64_t *)(void *)(r.sink.buf + 4096), (int64_t)FAKE_IMAGE_PA - 0x1000000);
	run_close(&r);
	fake_close(&f);
}

TEST(zero_pages_share_one_copy)
{
	uint64_t first = 0, off;
	struct kdumpread d;
	uint8_t page[4096];
	struct fake f;
	struct run r;

	fakemachine_make(&f, FAKE_6_12);
	run_into(&r, &f, &(struct dump_options){ .level = 1, .codec = DUMP_ZSTD }, true);
	CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
	CHECK_EQ(kdumpread_page(&d, ZERO_AT, page, &first), KDUMPREAD_OK);
	for (uint64_t pfn = 10; pfn < 100; pfn++) {
		CHECK_EQ(kdumpread_page(&d, pfn, page, &off), KDUMPREAD_OK);
		CHECK_EQ(off, first);
	}
	run_close(&r);
	fake_close(&f);
}

/* Whole: no struct page is looked at, so the broken page stays too. */
TEST(whole_dump)
{
	struct kdumpread d;
	struct fake f;
	struct run r;

	fakemachine_make(&f, FAKE_6_12);
	run_into(&r, &f, &(struct dump_options){ .level = 31, .whole = true }, true);
	CHECK_EQ(r.result, 0);
	CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
	CHECK_EQ(d.pages, 2048);
	run_close(&r);
	fake_close(&f);
}

/* Without struct pages a level is refused before the first byte; all of memory can still be had. */
TEST(no_memory_map)
{
	struct kdumpread d;
	struct fake f;
	struct run r;

	fakemachine_make(&f, FAKE_6_12);
	fake_info_drop(&f, "SIZE(page)");
	fake_finish(&f);
	run_into(&r, &f, &(struct dump_options){ .level = 31 }, true);
	CHECK(r.core.missing & CORE_NO_MEMMAP);
	CHECK_EQ(r.result, -ENODATA);
	CHECK_EQ(r.sink.puts, 0);
	CHECK_EQ(dump_count(&r.core, &r.stats), -ENODATA);
	run_close(&r);
	for (int way = 0; way < 2; way++) {
		run_into(&r, &f, &(struct dump_options){ .level = way ? 31 : 1, .whole = way },
			 true);
		CHECK_EQ(r.result, 0);
		CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
		CHECK_EQ(d.pages, 2048);
		CHECK_EQ(r.stats.level_off, way ? LEVEL_ALL & ~LEVEL_ZERO : 0);
		run_close(&r);
	}
	fake_close(&f);
}

TEST(rules_the_kernel_does_not_name_are_told)
{
	struct fake f;
	struct run r;

	fakemachine_make(&f, FAKE_6_12);
	fake_info_drop(&f, "NUMBER(PAGE_BUDDY");
	fake_finish(&f);
	run_into(&r, &f, &(struct dump_options){ .level = 31 }, true);
	CHECK_EQ(r.result, 0);
	CHECK_EQ(r.stats.level_off, LEVEL_FREE);
	CHECK_EQ(r.stats.pages[PAGE_FREE], 0);
	CHECK_EQ(r.stats.pages[PAGE_CACHE], 1);
	run_close(&r);
	fake_close(&f);
}

/* The header says that struct pages are left out; not where they were only asked for. */
TEST(without_struct_pages)
{
	struct kdumpread d;
	struct fake f;
	struct run r;

	for (unsigned threads = 1; threads <= 2; threads++) {
		fakemachine_make(&f, FAKE_6_12);
		run_into(&r, &f,
			 &(struct dump_options){
				 .level = 31, .threads = threads, .exclude_struct_pages = true },
			 true);
		CHECK_EQ(r.result, 0);
		CHECK(r.stats.struct_pages_excluded && !r.stats.struct_pages_why);
		/* those of the huge page */
		CHECK_EQ(r.stats.pages[PAGE_STRUCT], 512 * FAKE_PAGE / 4096);
		CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
		CHECK(!kdumpread_dumped(&d, 512 + 1536 / 64));
		CHECK(kdumpread_dumped(&d, 511 + 1536 / 64));
		CHECK_EQ(r.sink.buf[424] & 0x10, 0x10);
		run_close(&r);
		fake_info_drop(&f, "SIZE(page)");
		fake_info_add(&f, "SIZE(page)=56");
		fake_finish(&f);
		run_into(&r, &f,
			 &(struct dump_options){
				 .level = 0, .threads = threads, .exclude_struct_pages = true },
			 true);
		CHECK_EQ(r.result, 0);
		CHECK(!r.stats.struct_pages_excluded && r.stats.struct_pages_why);
		CHECK_EQ(r.sink.buf[424] & 0x10, 0);
		run_close(&r);
		fake_close(&f);
	}
}

/* Struct pages of struct pages that claim to be user memory: nobody's are left out. */
TEST(implausible_classes_are_kept)
{
	struct fake f;
	struct run r;

	fakemachine_make(&f, FAKE_6_12);
	for (uint64_t pfn = 512; pfn < 544; pfn++)
		fake_page(FAKE_6_12, fake_struct(&f, pfn), FAKE_LRU | FAKE_SWAPBACKED, FAKE_ANON);
	run_into(&r, &f, &(struct dump_options){ .level = 31 }, true);
	CHECK_EQ(r.result, 0);
	CHECK_EQ(r.stats.selfcheck.off, LEVEL_USER);
	CHECK_EQ(r.stats.pages[PAGE_USER], 0);
	CHECK_EQ(r.stats.pages[PAGE_FREE], 32);
	run_close(&r);
	fake_close(&f);
}

TEST(counts_without_a_dump)
{
	struct dump_stats s;
	struct crash c;
	struct fake f;

	fakemachine_make(&f, FAKE_6_12);
	CHECK_EQ(crash_open(f.path, &c), 0);
	CHECK_EQ(dump_count(&c, &s), 0);
	CHECK_EQ(s.pages_ram, 2048);
	CHECK_EQ(s.pages[PAGE_FREE], 32);
	CHECK_EQ(s.pages[PAGE_USER], 513);
	CHECK_EQ(s.pages[PAGE_CACHE], 1);
	CHECK_EQ(s.pages[PAGE_CACHE_PRIVATE], 1);
	CHECK_EQ(s.pages[PAGE_HWPOISON], 1);
	CHECK_EQ(s.pages[PAGE_OFFLINE], 1);
	CHECK_EQ(s.pages[PAGE_KEEP], 2048 - 32 - 513 - 4);
	crash_close(&c);
	fake_close(&f);
}

/* Each put of the run fails once: the error comes back, and nothing is leaked. */
TEST(no_space_at_every_put)
{
	for (int tail = 0; tail < 2; tail++) {
		unsigned puts = 0;
		struct fake f;

		fakemachine_make(&f, FAKE_6_12);
		for (unsigned fail = 0; !fail || fail <= puts; fail++) {
			struct crash c;
			struct dump_stats s;
			struct memsink m;
			int want = fail ? -ENOSPC : 0;

			memsink_open(&m, tail);
			m.fail_put = fail;
			CHECK_EQ(crash_open(f.path, &c), 0);
			CHECK_EQ(dump_run(&c,
					  &(struct dump_options){ .level = 31,
								  .codec = DUMP_STORED },
					  &m.base, &s),
				 want);
			CHECK_EQ(m.puts, fail ? fail : m.puts);
			if (!fail)
				puts = m.puts;
			crash_close(&c);
			memsink_close(&m);
		}
		CHECK(puts >= 5);
		fake_close(&f);
	}
}

/* The pages that are there are right, and no others are said to be there. */
static unsigned check_some(const struct fake *f, const struct kdumpread *d)
{
	unsigned wrong = 0, have = 0;
	uint8_t page[4096];

	for (uint64_t pfn = 0; pfn < 2048; pfn++) {
		enum kdumpread_page p = kdumpread_page(d, pfn, page, NULL);

		have += p == KDUMPREAD_OK;
		wrong += p != KDUMPREAD_OK && p != KDUMPREAD_EXCLUDED;
		wrong += p == KDUMPREAD_OK && memcmp(page, f->mem + pfn * 4096, 4096);
	}
	CHECK_EQ(wrong, 0);
	return have;
}

/* Wherever the target's end is: a dump with fewer pages, or none. */
TEST(what_fits_is_kept)
{
	const struct dump_options opt = { .codec = DUMP_STORED, .keep_partial = true };
	unsigned partial = 0, whole = 0;
	struct fake f;

	fakemachine_make(&f, FAKE_6_12);
	for (uint64_t room = 4096; room < 6 * MIB; room += 40961) {
		struct sink_limit limit;
		struct dump_stats s;
		struct kdumpread d;
		struct memsink m;
		struct crash c;
		int r;

		memsink_open(&m, true);
		sink_limit_init(&limit, &m.base, room);
		CHECK_EQ(crash_open(f.path, &c), 0);
		r = dump_run(&c, &opt, &limit.base, &s);
		crash_close(&c);
		CHECK(m.len <= room);
		if (r) {
			CHECK_EQ(r, -ENOSPC);
			CHECK(!s.incomplete && !partial);
		} else {
			struct kdump_header *h = (void *)m.buf;

			CHECK(kdumpread_open(&d, m.buf, m.len));
			CHECK_EQ(d.pages, s.incomplete ? s.pages_saved : s.pages[PAGE_KEEP]);
			CHECK_EQ(check_some(&f, &d), d.pages);
			CHECK_EQ(!!(h->status & KDUMP_INCOMPLETE), s.incomplete);
			partial += s.incomplete;
			whole += !s.incomplete;
		}
		memsink_close(&m);
	}
	CHECK(partial > 20 && whole > 5);
	fake_close(&f);
}

/* The same bytes as a file: flattened and taken apart, both layouts are read the same. */
TEST(flattened_is_the_fixed_layout)
{
	static uint8_t chunk[SINK_FLAT_CHUNK];
	struct memsink plain, stream;
	struct sink_flat flat;
	struct dump_stats s;
	uint64_t len = 0;
	uint8_t *file;
	struct crash c;
	struct fake f;

	fakemachine_make(&f, FAKE_7_1);
	memsink_open(&plain, false);
	memsink_open(&stream, false);
	CHECK_EQ(crash_open(f.path, &c), 0);
	CHECK_EQ(dump_run(&c, &(struct dump_options){ .level = 31, .codec = DUMP_ZSTD },
			  &plain.base, &s),
		 0);
	CHECK_EQ(sink_flat_open(&flat, &stream.base, chunk), 0);
	CHECK_EQ(dump_run(&c, &(struct dump_options){ .level = 31, .codec = DUMP_ZSTD }, &flat.base,
			  &s),
		 0);
	CHECK_EQ(sink_commit(&flat.base), 0);
	CHECK(stream.committed);
	CHECK_EQ(stream.jumps, 0);
	file = kdumpread_unflatten(stream.buf, stream.len, &len);
	CHECK(file != NULL);
	CHECK_EQ(len, plain.len);
	CHECK(file && len == plain.len && !memcmp(file, plain.buf, len));
	free(file);
	crash_close(&c);
	memsink_close(&plain);
	memsink_close(&stream);
	fake_close(&f);
}

/* The core is cut at many lengths: what is there is dumped, the rest is absent. */
TEST(cut_cores)
{
	struct fake f;

	fakemachine_make(&f, FAKE_6_12);
	for (uint64_t len = f.file_len - 1; len > 300000; len -= len > 3 * MIB ? 345679 : 98765) {
		struct kdumpread d;
		struct run r;

		CHECK_EQ(ftruncate(f.fd, (off_t)len), 0);
		run_into(&r, &f, &(struct dump_options){ .level = 31, .whole = true }, true);
		CHECK_EQ(r.result, 0);
		CHECK(r.core.vmcore.truncated && r.core.why[0]);
		CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
		CHECK_EQ(d.pages, (len - FAKE_MEM_OFF + 4095) / 4096);
		CHECK_EQ(r.stats.pages_absent, 2048 - d.pages);
		run_close(&r);
	}
	fake_close(&f);
}

/* The struct pages of three units have no bytes: such units are kept whole. */
TEST(absent_struct_pages)
{
	uint64_t from = FAKE_MEMMAP_PA + 5 * 256 * FAKE_PAGE,
		 to = FAKE_MEMMAP_PA + 8 * 256 * FAKE_PAGE;
	struct kdumpread d;
	struct fake f;
	struct run r;

	fakemachine_make(&f, FAKE_6_12);
	f.desc.ram[0] = (struct fake_range){ 0, from };
	f.desc.ram[1] = (struct fake_range){ from, to };
	f.desc.ram[2] = (struct fake_range){ to, 8 * MIB };
	fake_finish(&f);
	f.ph[3].p_filesz = 0;
	run_into(&r, &f, &(struct dump_options){ .level = 31, .codec = DUMP_ZSTD }, true);
	CHECK_EQ(r.result, 0);
	CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
	CHECK_EQ(r.stats.units_unfiltered, 3);
	CHECK_EQ(r.stats.pages_whole, 3 * 256);
	CHECK_EQ(r.stats.pages_doubt, 0);
	CHECK_EQ(r.stats.pages_absent, (to - from) / 4096);
	/* free pages of unit 4 are left out; the huge page of units 6 and 7 is kept */
	CHECK(!kdumpread_dumped(&d, FREE_AT) && kdumpread_dumped(&d, HUGE_AT));
	run_close(&r);
	fake_close(&f);
}

/*
 * A source that cannot be mapped and has a hole in it: this process's own memory, where the
 * fake core is mapped but for three pages.
 */
TEST(unreadable_pages_are_marked_lost)
{
	struct kdumpread d;
	uint8_t page[4096];
	struct run r;
	struct fake f;

	fakemachine_make(&f, FAKE_6_12);
	memsink_open(&r.sink, true);
	CHECK_EQ(crash_open(f.path, &r.core), 0);
	close(r.core.vmcore.fd);
	r.core.vmcore.fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	r.core.vmcore.note_off += (uintptr_t)f.file;
	for (size_t i = 0; i < r.core.vmcore.n_segs; i++)
		r.core.vmcore.segs[i].off += (uintptr_t)f.file;
	CHECK_EQ(munmap(f.mem + NOISE_AT * 4096, 2 * 4096), 0);
	CHECK_EQ(munmap(f.mem + 2047 * 4096, 4096), 0);
	r.result = dump_run(&r.core, &(struct dump_options){ .level = 31 }, &r.sink.base, &r.stats);
	CHECK_EQ(r.result, 0);
	/* the third belongs to a huge page that is left out, so nobody looked */
	CHECK_EQ(r.stats.pages_lost, 2);
	CHECK_EQ(r.stats.pages[PAGE_FREE], 32);
	CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
	CHECK_EQ(d.pages, r.stats.pages[PAGE_KEEP]);
	for (uint64_t pfn = NOISE_AT - 3; pfn < NOISE_AT + 5; pfn++) {
		bool lost = pfn == NOISE_AT || pfn == NOISE_AT + 1;

		CHECK_EQ(kdumpread_page(&d, pfn, page, NULL), lost ? KDUMPREAD_LOST : KDUMPREAD_OK);
		CHECK(lost || !memcmp(page, f.mem + pfn * 4096, 4096));
	}
	CHECK_EQ(kdumpread_page(&d, 2047, page, NULL), KDUMPREAD_EXCLUDED);
	run_close(&r);
	fake_close(&f);
}

static void count_calls(void *ctx, const struct dump_progress *p)
{
	struct dump_progress *last = ctx;

	CHECK(p->pages_done >= last->pages_done && p->pages_done <= p->pages_total);
	CHECK(p->percent >= last->percent && p->percent <= 100);
	*last = *p;
}

TEST(progress_ends_at_all)
{
	struct dump_progress last = { 0 };
	struct dump_options o = { .level = 31, .progress = count_calls, .progress_ctx = &last };
	struct fake f;
	struct run r;

	fakemachine_make(&f, FAKE_6_12);
	run_into(&r, &f, &o, true);
	CHECK_EQ(last.pages_done, 2048);
	CHECK_EQ(last.pages_total, 2048);
	CHECK_EQ(last.percent, 100);
	CHECK_EQ(last.left_ms, 0);
	CHECK_EQ(last.bytes_out, r.stats.bytes_out);
	run_close(&r);
	fake_close(&f);
}

/* Pages whose bytes do not begin at a multiple of eight of the file. */
TEST(odd_file_offsets)
{
	struct kdumpread d;
	struct fake f;
	struct run r;

	fakemachine_make(&f, FAKE_6_12);
	for (int i = 1; i < 3; i++) {
		f.ph[i].p_offset += 3;
		f.ph[i].p_filesz -= 4096;
	}
	run_into(&r, &f, &(struct dump_options){ .level = 1, .whole = true }, true);
	CHECK_EQ(r.result, 0);
	CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
	CHECK(d.pages >= 2047);
	run_close(&r);
	fake_close(&f);
}

TEST(impossible_codec_level)
{
	struct fake f;
	struct run r;

	fakemachine_make(&f, FAKE_6_12);
	run_into(&r, &f, &(struct dump_options){ .codec = DUMP_ZSTD, .codec_level = 19 }, true);
	CHECK(r.result == 0 || r.result == -EINVAL);
	run_close(&r);
	fake_close(&f);
}
