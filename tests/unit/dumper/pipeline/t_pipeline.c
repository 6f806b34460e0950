/* SPDX-License-Identifier: MIT */
/*
 * The pipeline on any number of threads: the same pages as on one, ranges that cross units, errors
 * of the sink, pages stored once, split dumps.
 */
#include "dumper/pipeline/pipeline.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dumper/dump.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/kdumpread.h"
#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

#define FRAMES	16384u /* 64 MiB in units of 256 */
#define HUGE_AT 8192u  /* a huge page over 16 units */

static const unsigned threads[] = { 1, 2, 3, 8, 32 };
#define EACH_THREADS(i) for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)

static void put(struct fake *f, uint64_t pfn, uint64_t value)
{
	for (unsigned i = 0; i < 4096; i += 8)
		memcpy(f->mem + pfn * 4096 + i, &value, 8);
}

/* Kernel memory with free blocks here and there; every third page is one of five kinds. */
static void machine(struct fake *f)
{
	fake_open(f, &(struct fake_desc){ .kernel = FAKE_6_12, .ram_bytes = FRAMES * 4096ull });
	fake_kernel_pages(f, 0, FRAMES);
	for (uint64_t pfn = 2048; pfn < FRAMES; pfn++) {
		put(f, pfn, pfn % 3 ? pfn * 0x9e3779b97f4a7c15 : pfn / 3 % 5);
		if (!(pfn % 1024) && pfn / 1024 % 3 == 1)
			fake_free(f->kernel, fake_struct(f, pfn), 7);
	}
	fake_page(f->kernel, fake_struct(f, HUGE_AT), 0, 0);
	fake_compound(f->kernel, fake_struct(f, HUGE_AT), 12, true);
	fake_finish(f);
}

struct run {
	struct crash core;
	struct memsink sink;
	struct dump_stats stats;
	int result;
};

static void run_open(struct run *r, struct fake *f, const struct dump_options *opt)
{
	memsink_open(&r->sink, true);
	CHECK_EQ(crash_open(f->path, &r->core), 0);
	r->result = dump_run(&r->core, opt, &r->sink.base, &r->stats);
}

static void run_close(struct run *r)
{
	memsink_close(&r->sink);
	crash_close(&r->core);
}

static bool is_huge(uint64_t pfn)
{
	return pfn >= HUGE_AT && pfn < HUGE_AT + 4096;
}

/* Pages wrongly kept, lost or changed. */
static unsigned wrong_pages(const struct fake *f, const struct kdumpread *d, uint64_t from,
			    uint64_t to)
{
	uint8_t page[4096];
	unsigned wrong = 0;

	for (uint64_t pfn = 0; pfn < FRAMES; pfn++) {
		enum kdumpread_page p = kdumpread_page(d, pfn, page, NULL);
		bool free = pfn >= 2048 && pfn / 1024 % 3 == 1 && pfn % 1024 < 128;
		bool left_out = is_huge(pfn) || (free && !is_huge(pfn)) || pfn < from || pfn >= to;

		wrong += p != (left_out ? KDUMPREAD_EXCLUDED : KDUMPREAD_OK);
		wrong += p == KDUMPREAD_OK && memcmp(page, f->mem + pfn * 4096, 4096);
	}
	return wrong;
}

TEST(any_number_of_threads)
{
	struct fake f;

	machine(&f);
	EACH_THREADS(i)
	{
		for (enum dump_format format = DUMP_KDUMP; format <= DUMP_KDUMP_CLASSIC; format++) {
			struct kdumpread d;
			struct run r;

			run_open(&r, &f,
				 &(struct dump_options){ .level = 31,
							 .codec = DUMP_ZSTD,
							 .threads = threads[i],
							 .format = format });
			CHECK_EQ(r.result, 0);
			CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
			CHECK_EQ(wrong_pages(&f, &d, 0, FRAMES), 0);
			CHECK_EQ(r.stats.pages_ram, FRAMES);
			CHECK_EQ(r.stats.pages[PAGE_USER], 4096);
			CHECK_EQ(d.pages, r.stats.pages[PAGE_KEEP]);
			CHECK_EQ(r.stats.bytes_in, r.stats.pages[PAGE_KEEP] * 4096);
			CHECK_EQ(r.stats.bytes_out, r.sink.len);
			CHECK_EQ(r.stats.threads, threads[i]);
			run_close(&r);
		}
	}
	fake_close(&f);
}

static uint64_t zst_size(struct fake *f, unsigned n_threads, bool little_memory)
{
	struct run r;
	uint64_t bytes;

	run_open(&r, f,
		 &(struct dump_options){ .level = 31,
					 .codec = DUMP_ZSTD,
					 .threads = n_threads,
					 .format = DUMP_ELF_ZST,
					 .little_memory = little_memory });
	CHECK_EQ(r.result, 0);
	CHECK_EQ(r.stats.bytes_out, r.sink.len);
	bytes = r.sink.len;
	run_close(&r);
	return bytes;
}

/* Frames are as long with many threads as with one, but where memory is little. */
TEST(size_is_the_same_with_any_number_of_threads)
{
	uint64_t bytes;
	struct fake f;

	machine(&f);
	bytes = zst_size(&f, 1, false);
	EACH_THREADS(i)
	{
		CHECK_EQ(zst_size(&f, threads[i], false), bytes);
		if (threads[i] <= 4)
			CHECK_EQ(zst_size(&f, threads[i], true), bytes);
		else
			CHECK(zst_size(&f, threads[i], true) > bytes);
	}
	fake_close(&f);
}

/* Four kinds of equal pages, a few thousand of each. */
TEST(equal_pages_are_stored_once)
{
	struct run raw;
	struct fake f;

	machine(&f);
	run_open(&raw, &f, &(struct dump_options){ .level = 31, .threads = 1 });
	CHECK(raw.stats.pages_shared > 2000);
	CHECK(raw.sink.len < (raw.stats.pages[PAGE_KEEP] - raw.stats.pages_shared) * 4096);
	run_close(&raw);
	EACH_THREADS(i)
	{
		struct run r;

		run_open(&r, &f,
			 &(struct dump_options){
				 .level = 31, .codec = DUMP_ZSTD, .threads = threads[i] });
		CHECK(r.stats.pages_shared > (threads[i] < 8 ? 1500 : 100));
		run_close(&r);
	}
	fake_close(&f);
}

/* More parts than there is work: the last one begins where memory ends, inside the last unit. */
TEST(empty_part_of_a_split_dump)
{
	struct fake f;

	machine(&f);
	EACH_THREADS(i)
	{
		struct run r;

		run_open(&r, &f,
			 &(struct dump_options){ .level = 31,
						 .codec = DUMP_ZSTD,
						 .threads = threads[i],
						 .split = true,
						 .start_pfn = FRAMES - 1,
						 .end_pfn = FRAMES - 1 });
		CHECK_EQ(r.result, 0);
		CHECK_EQ(r.stats.pages[PAGE_KEEP], 0);
		CHECK_EQ(r.stats.pages_ram, 0);
		run_close(&r);
	}
	fake_close(&f);
}

TEST(errors_of_the_sink_end_all_threads)
{
	struct fake f;

	machine(&f);
	EACH_THREADS(i)
	{
		for (unsigned put = 1; put < 12; put += 2) {
			struct dump_options opt = { .level = 0, .threads = threads[i] };
			struct dump_stats stats;
			struct memsink m;
			struct crash c;

			memsink_open(&m, true);
			m.fail_put = put;
			m.error = -ENOSPC;
			CHECK_EQ(crash_open(f.path, &c), 0);
			CHECK_EQ(dump_run(&c, &opt, &m.base, &stats), -ENOSPC);
			memsink_close(&m);
			crash_close(&c);
		}
	}
	fake_close(&f);
}

/* The parts have the pages of the whole, and the same header. */
TEST(split)
{
	struct fake f;

	machine(&f);
	EACH_THREADS(i)
	{
		uint64_t at[] = { 0, 3000, HUGE_AT + 1000, FRAMES };
		uint8_t header[464];

		for (int part = 0; part < 3; part++) {
			struct kdumpread d;
			struct run r;

			run_open(&r, &f,
				 &(struct dump_options){ .level = 31,
							 .codec = DUMP_ZSTD,
							 .threads = threads[i],
							 .split = true,
							 .start_pfn = at[part],
							 .end_pfn = at[part + 1] });
			CHECK_EQ(r.result, 0);
			CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
			CHECK_EQ(wrong_pages(&f, &d, at[part], at[part + 1]), 0);
			CHECK_EQ(*(int32_t *)(void *)(r.sink.buf + 4096 + 12), 1);
			CHECK_EQ(*(uint64_t *)(void *)(r.sink.buf + 4096 + 80), at[part]);
			CHECK_EQ(*(uint64_t *)(void *)(r.sink.buf + 4096 + 88), at[part + 1]);
			if (!part)
				memcpy(header, r.sink.buf, sizeof(header));
			CHECK(!memcmp(header, r.sink.buf, sizeof(header)));
			run_close(&r);
		}
	}
	fake_close(&f);
}

/* An ELF core of the dump's pages, read as any core is. */
TEST(elf_holds_the_same_pages)
{
	struct fake f;

	machine(&f);
	EACH_THREADS(i)
	{
		int fd = memfd_create("elf", 0);
		struct crash copy;
		char path[40];
		struct run r;

		run_open(&r, &f,
			 &(struct dump_options){
				 .level = 31, .threads = threads[i], .format = DUMP_ELF });
		CHECK_EQ(r.result, 0);
		CHECK_EQ(r.stats.pages_ram, FRAMES);
		CHECK_EQ(write(fd, r.sink.buf, r.sink.len), r.sink.len);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		CHECK_EQ(crash_open(path, &copy), 0);
		CHECK_EQ(vmcore_ram_pages(&copy.vmcore), FRAMES);
		for (uint64_t pfn = 0; pfn < FRAMES; pfn += 7) {
			uint8_t page[4096];
			int got = vmcore_read(&copy.vmcore, pfn * 4096, page, sizeof(page));

			if (is_huge(pfn)) {
				CHECK_EQ(got, -EFAULT);
				continue;
			}
			CHECK_EQ(got, 0);
			if (!(pfn >= 2048 && pfn / 1024 % 3 == 1 && pfn % 1024 < 128))
				CHECK(!memcmp(page, f.mem + pfn * 4096, 4096));
		}
		CHECK_EQ(copy.vmcore.text_va, r.core.vmcore.text_va);
		crash_close(&copy);
		close(fd);
		run_close(&r);
	}
	fake_close(&f);
}

/* The key of a page says nothing certain: pages that differ where it does not look stay two. */
TEST(equal_keys_are_not_equal_pages)
{
	struct kdumpread d;
	struct run r;
	struct fake f;

	machine(&f);
	for (uint64_t pfn = 4096; pfn < 4600; pfn++) {
		put(&f, pfn, 7);
		f.mem[pfn * 4096 + pfn % 4096] ^= (uint8_t)(pfn % 251 + 1);
	}
	run_open(&r, &f, &(struct dump_options){ .level = 31, .codec = DUMP_ZSTD, .threads = 1 });
	CHECK(kdumpread_open(&d, r.sink.buf, r.sink.len));
	CHECK_EQ(wrong_pages(&f, &d, 0, FRAMES), 0);
	run_close(&r);
	fake_close(&f);
}
