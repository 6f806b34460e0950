/* SPDX-License-Identifier: MIT */
/*
 * A running machine: a file whose reads go through one buffer per descriptor, as those of
 * /proc/kcore do, struct pages that change between two reads, memory that is plugged in.
 */
#include "dumper/dump.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/kdumpread.h"
#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

#define FRAMES	     8192u /* 32 MiB in units of 256 */
#define OPEN_MAX_IDS 256

/* ---------------------------------------------------------------- the kernel's side */

static bool bounce; /* read as /proc/kcore does */
static uint8_t bounce_buf[OPEN_MAX_IDS][4096];
static _Atomic unsigned next_id = 1;

/* What each read of these bytes of the file finds in their place, until there is none left. */
static struct {
	uint64_t off;
	size_t len;
	const uint8_t *bytes;
	unsigned times;
} torn;

/* Descriptors of one open file have their offset in common, and nothing here uses it. */
static unsigned id_of(int fd)
{
	off_t id = lseek(fd, 0, SEEK_CUR);

	if (!id) {
		id = atomic_fetch_add(&next_id, 1);
		lseek(fd, id, SEEK_SET);
	}
	return (unsigned)id % OPEN_MAX_IDS;
}

static void tear(uint8_t *buf, size_t n, uint64_t off)
{
	if (!torn.times || off > torn.off || torn.off + torn.len > off + n)
		return;
	torn.times--;
	memcpy(buf + (torn.off - off), torn.bytes, torn.len);
}

static ssize_t read_whole(int fd, void *buf, size_t n, off_t off)
{
	ssize_t r = syscall(SYS_pread64, fd, buf, n, off);

	if (r > 0)
		tear(buf, (size_t)r, (uint64_t)off);
	return r;
}

/* In place of the library's. fs/proc/kcore.c: a page into the file's buffer, then to the reader. */
ssize_t pread(int fd, void *buf, size_t n, off_t off)
{
	uint8_t *mine;
	size_t done = 0;

	if (!bounce)
		return read_whole(fd, buf, n, off);
	mine = bounce_buf[id_of(fd)];
	while (done < n) {
		size_t part = 4096 - ((uint64_t)off + done) % 4096;
		ssize_t r = syscall(SYS_pread64, fd, mine, part < n - done ? part : n - done,
				    off + (off_t)done);

		if (r <= 0)
			break;
		sched_yield();
		memcpy((uint8_t *)buf + done, mine, (size_t)r);
		done += (size_t)r;
	}
	return (ssize_t)done;
}

/* ---------------------------------------------------------------- one descriptor for each thread */

/* Every page tells its number; some free memory, so that struct pages decide. */
static void machine(struct fake *f)
{
	fake_open(f, &(struct fake_desc){ .kernel = FAKE_6_12, .ram_bytes = FRAMES * 4096ull });
	fake_kernel_pages(f, 0, FRAMES);
	for (uint64_t pfn = 2048; pfn < FRAMES; pfn++) {
		for (unsigned i = 0; i < 4096; i += 8) {
			uint64_t word = pfn * 0x9e3779b97f4a7c15 + i / 512;

			memcpy(f->mem + pfn * 4096 + i, &word, sizeof(word));
		}
		if (!(pfn % 1024))
			fake_free(f->kernel, fake_struct(f, pfn), 7);
	}
	fake_finish(f);
}

static bool is_free(uint64_t pfn)
{
	return pfn >= 2048 && pfn % 1024 < 128;
}

static unsigned wrong_pages(const struct fake *f, const struct memsink *s)
{
	struct kdumpread d;
	uint8_t page[4096];
	unsigned wrong = 0;

	CHECK(kdumpread_open(&d, s->buf, s->len));
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++) {
		enum kdumpread_page p = kdumpread_page(&d, pfn, page, NULL);

		wrong += p != (is_free(pfn) ? KDUMPREAD_EXCLUDED : KDUMPREAD_OK);
		wrong += p == KDUMPREAD_OK && memcmp(page, f->mem + pfn * 4096, 4096);
	}
	return wrong;
}

static void dump_bounced(struct fake *f, const struct dump_options *opt)
{
	struct dump_stats stats;
	struct memsink sink;
	struct crash core;

	memsink_open(&sink, true);
	CHECK_EQ(crash_open(f->path, &core), 0);
	CHECK_EQ(dump_run(&core, opt, &sink.base, &stats), 0);
	CHECK_EQ(stats.units_unfiltered, 0);
	CHECK_EQ(wrong_pages(f, &sink), 0);
	crash_close(&core);
	memsink_close(&sink);
}

TEST(threads_get_their_own_bytes)
{
	static const unsigned threads[] = { 1, 2, 4, 8 };
	struct fake f;

	machine(&f);
	bounce = true;
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		for (enum dump_format k = DUMP_KDUMP; k <= DUMP_KDUMP_CLASSIC; k++)
			dump_bounced(&f, &(struct dump_options){ .level = 31,
								 .codec = DUMP_ZSTD,
								 .threads = threads[i],
								 .format = k });
	}
	bounce = false;
	fake_close(&f);
}

static int limit_files(rlim_t n)
{
	struct rlimit now;

	getrlimit(RLIMIT_NOFILE, &now);
	now.rlim_cur = n ? n : now.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &now);
}

/* As many threads as there are descriptors, and without one the caller's own thread. */
TEST(without_descriptors_fewer_threads)
{
	struct dump_stats stats;
	struct memsink sink;
	struct crash core;
	struct fake f;

	machine(&f);
	memsink_open(&sink, true);
	CHECK_EQ(crash_open(f.path, &core), 0);
	core.vmcore.live = true;
	CHECK_EQ(limit_files((rlim_t)core.vmcore.fd + 3), 0);
	CHECK_EQ(dump_run(&core,
			  &(struct dump_options){ .level = 31, .codec = DUMP_ZSTD, .threads = 8 },
			  &sink.base, &stats),
		 0);
	CHECK_EQ(limit_files(0), 0);
	CHECK_EQ(stats.threads, 2);
	CHECK_EQ(wrong_pages(&f, &sink), 0);
	crash_close(&core);
	memsink_close(&sink);
	fake_close(&f);
}

/* ---------------------------------------------------------------- struct pages that change */

#define BLOCK_AT 4096u /* a free block of 128 pages */

struct look {
	struct crash core;
	struct memsink sink;
	struct dump_stats stats;
	struct kdumpread dump;
};

static int look_open(struct look *l, struct fake *f, enum dump_format format)
{
	memsink_open(&l->sink, true);
	CHECK_EQ(crash_open(f->path, &l->core), 0);
	l->core.vmcore.live = true;
	return dump_run(&l->core,
			&(struct dump_options){
				.level = 31, .codec = DUMP_ZSTD, .threads = 1, .format = format },
			&l->sink.base, &l->stats);
}

static void look_close(struct look *l)
{
	torn.times = 0;
	crash_close(&l->core);
	memsink_close(&l->sink);
}

static unsigned kept_of_block(struct look *l)
{
	unsigned n = 0;

	CHECK(kdumpread_open(&l->dump, l->sink.buf, l->sink.len));
	for (uint64_t pfn = BLOCK_AT; pfn < BLOCK_AT + 128; pfn++)
		n += kdumpread_dumped(&l->dump, pfn);
	return n;
}

/* The struct page of pfn as bytes reads n times, while the others are what they are. */
static void tear_page(const struct fake *f, uint64_t pfn, const uint8_t *bytes, unsigned times)
{
	torn.off = FAKE_MEM_OFF + FAKE_MEMMAP_PA + pfn * FAKE_PAGE;
	torn.len = FAKE_PAGE;
	torn.bytes = bytes;
	torn.times = times;
	CHECK(!memcmp(f->mem + FAKE_MEMMAP_PA, f->file + FAKE_MEM_OFF + FAKE_MEMMAP_PA, 8));
}

/* A block was free, and the copy has a page of it that is in use: the next look tells which. */
TEST(torn_block_is_read_again)
{
	uint8_t used[FAKE_PAGE] = { 0 };
	struct look l;
	struct fake f;

	machine(&f);
	fake_page(f.kernel, used, FAKE_LRU, FAKE_ANON);
	tear_page(&f, BLOCK_AT + 77, used, 1);
	CHECK_EQ(look_open(&l, &f, DUMP_KDUMP), 0);
	CHECK_EQ(torn.times, 0);
	CHECK_EQ(kept_of_block(&l), 0);
	CHECK_EQ(l.stats.pages_doubt, 0);
	CHECK(l.stats.live);
	look_close(&l);
	fake_close(&f);
}

/* And where it never tells, all of the block stays. */
TEST(doubt_keeps_the_block)
{
	uint8_t used[FAKE_PAGE] = { 0 };
	struct look l;
	struct fake f;

	machine(&f);
	fake_page(f.kernel, used, FAKE_LRU, FAKE_ANON);
	tear_page(&f, BLOCK_AT + 77, used, 1000);
	CHECK_EQ(look_open(&l, &f, DUMP_KDUMP), 0);
	CHECK_EQ(kept_of_block(&l), 128);
	CHECK_EQ(l.stats.pages_doubt, 128);
	look_close(&l);
	fake_close(&f);
}

/* A huge page's head, whose tails are still those of what was there before. */
TEST(head_without_tails)
{
	uint8_t pair[2 * FAKE_PAGE];
	struct look l;
	struct fake f;

	machine(&f);
	memcpy(pair, fake_struct(&f, BLOCK_AT), sizeof(pair));
	fake_page(f.kernel, fake_struct(&f, BLOCK_AT), 0, 0);
	fake_compound(f.kernel, fake_struct(&f, BLOCK_AT), 7, true);
	/* the tails but the first, which has the order, as they were */
	for (unsigned i = 2; i < 128; i++)
		memcpy(fake_struct(&f, BLOCK_AT + i), pair + FAKE_PAGE, FAKE_PAGE);
	CHECK_EQ(look_open(&l, &f, DUMP_KDUMP), 0);
	CHECK_EQ(kept_of_block(&l), 128);
	CHECK_EQ(l.stats.pages_doubt, 128);
	look_close(&l);
	fake_close(&f);
}

/* The second pass of an ELF dump meets other struct pages than the plan: the plan counts. */
TEST(two_passes_one_plan)
{
	struct look l;
	struct fake f;
	uint8_t quiet[FAKE_PAGE];

	machine(&f);
	/* at the first look kernel memory, afterwards free */
	fake_kernel_pages(&f, BLOCK_AT, 128);
	memcpy(quiet, fake_struct(&f, BLOCK_AT), sizeof(quiet));
	fake_free(f.kernel, fake_struct(&f, BLOCK_AT), 7);
	tear_page(&f, BLOCK_AT, quiet, 1);
	CHECK_EQ(look_open(&l, &f, DUMP_ELF), 0);
	CHECK_EQ(torn.times, 0);
	CHECK(memmem(l.sink.buf, l.sink.len, f.mem + (BLOCK_AT + 5) * 4096, 4096));
	look_close(&l);
	fake_close(&f);
}

/* One of the kernel's page tables, which a dump begins with, is freed after the first look: one look counts. */
TEST(no_pass_beforehand)
{
	struct look l;
	struct fake f;
	uint8_t quiet[FAKE_PAGE];
	uint64_t pfn, dumped = 0;

	machine(&f);
	pfn = (uint64_t)((uint8_t *)fake_entry(&f, FAKE_IMAGE_VA, 0) - f.mem) >> 12;
	fake_kernel_pages(&f, pfn, 1);
	memcpy(quiet, fake_struct(&f, pfn), sizeof(quiet));
	fake_free(f.kernel, fake_struct(&f, pfn), 0);
	/* the self-check has a look of its own */
	tear_page(&f, pfn, quiet, 2);
	CHECK_EQ(look_open(&l, &f, DUMP_KDUMP), 0);
	CHECK_EQ(torn.times, 0);
	CHECK(kdumpread_open(&l.dump, l.sink.buf, l.sink.len));
	for (uint64_t i = 0; i < FRAMES; i++)
		dumped += kdumpread_dumped(&l.dump, i);
	CHECK_EQ(dumped, l.stats.pages[PAGE_KEEP]);
	look_close(&l);
	fake_close(&f);
}

/* ---------------------------------------------------------------- memory that comes and goes */

static void move_memory(struct fake *f, bool all)
{
	for (unsigned i = 0; i < f->eh->e_phnum; i++) {
		Elf64_Phdr *p = &f->ph[i];

		if (p->p_type != PT_LOAD)
			continue;
		if (all)
			p->p_offset += 4096;
		else if (p->p_paddr == 0)
			p->p_memsz += 1 << 20;
	}
}

TEST(memory_that_came_is_told)
{
	for (int all = 0; all < 2; all++) {
		struct crash core;
		struct fake f;

		machine(&f);
		CHECK_EQ(crash_open(f.path, &core), 0);
		move_memory(&f, all);
		CHECK_EQ(vmcore_changed(&core.vmcore), 0);
		core.vmcore.live = true;
		CHECK_EQ(vmcore_changed(&core.vmcore), all ? -ESTALE : 1);
		crash_close(&core);
		fake_close(&f);
	}
}

TEST(bytes_from_other_places_are_no_dump)
{
	struct dump_stats stats;
	struct memsink sink;
	struct crash core;
	struct fake f;

	machine(&f);
	memsink_open(&sink, true);
	CHECK_EQ(crash_open(f.path, &core), 0);
	core.vmcore.live = true;
	move_memory(&f, true);
	CHECK_EQ(dump_run(&core,
			  &(struct dump_options){ .level = 1, .codec = DUMP_ZSTD, .threads = 1 },
			  &sink.base, &stats),
		 -ESTALE);
	crash_close(&core);
	memsink_close(&sink);
	fake_close(&f);
}
