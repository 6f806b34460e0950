/* SPDX-License-Identifier: MIT */
/*
 * Dumps of the other architectures and page sizes: every format, levels, struct pages left out, and the
 * dump opened again.
 */
#include "dumper/dump.h"

#include <elf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dumper/format/kdump_format.h"
#include "dumper/kernel/crash_identity.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/fake/kdumpread.h"
#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

#define FRAMES	2048u
#define FREE_AT 1024u /* to the end */
#define USER_AT 1000u
#define DATA_AT 900u /* frames that are not zero */
#define DATA_N	32u
#define PANIC	"Kernel panic - not syncing: elsewhere"

static const struct fake_desc machines[] = {
	{ .kernel = FAKE_6_1, .arch = FAKE_AARCH64, .va_bits = 48 },
	{ .kernel = FAKE_6_12, .arch = FAKE_AARCH64, .va_bits = 52 },
	{ .kernel = FAKE_6_12, .arch = FAKE_AARCH64, .page_shift = 14, .va_bits = 52 },
	{ .kernel = FAKE_6_12,
	  .arch = FAKE_AARCH64,
	  .page_shift = 16,
	  .va_bits = 52,
	  .run_bits = 48 },
	{ .kernel = FAKE_6_12, .arch = FAKE_RISCV64, .va_bits = 39 },
	{ .kernel = FAKE_7_1, .arch = FAKE_RISCV64, .va_bits = 57 },
};

#define N_MACHINES (sizeof(machines) / sizeof(machines[0]))

static void machine_make(struct fake *f, const struct fake_desc *d)
{
	struct fake_desc desc = *d;
	struct fakelog log;
	unsigned shift = d->page_shift ? d->page_shift : 12;

	desc.ram_bytes = (uint64_t)FRAMES << shift;
	desc.section_bits = shift == 16 ? 29 : 27;
	desc.small_leaves = true;
	fake_open(f, &desc);
	fakelog_open(&log, f, 4, 10);
	fakelog_add(&log, PANIC, strlen(PANIC));
	fake_kernel_pages(f, 0, FRAMES);
	fake_free(f->kernel, fake_struct(f, FREE_AT), 10);
	fake_page(f->kernel, fake_struct(f, USER_AT), FAKE_LRU | FAKE_SWAPBACKED, FAKE_ANON);
	for (uint64_t pfn = DATA_AT; pfn < DATA_AT + DATA_N; pfn++) {
		for (uint64_t i = 0; i < 1ull << shift; i += 8) {
			uint64_t x = (pfn << 20 | i) * (pfn % 2 ? 1 : 0x9e3779b97f4a7c15ull);

			memcpy(f->mem + (pfn << shift) + i, &x, 8);
		}
	}
	fake_finish(f);
}

/* Frames whose struct pages fill the pages from first on. */
static bool is_left_out(const struct fake *f, uint64_t pfn, const struct dump_options *opt)
{
	uint64_t first = FAKE_MEMMAP_PA >> f->page_shift;
	uint64_t per = (1ull << f->page_shift) / FAKE_PAGE;

	if (pfn >= FREE_AT)
		return opt->level & LEVEL_FREE;
	if (opt->exclude_struct_pages && opt->level & LEVEL_FREE && pfn >= first + FREE_AT / per &&
	    pfn < first + FRAMES / per)
		return true;
	return pfn == USER_AT && opt->level & LEVEL_USER;
}

/* The dump's bytes as a file, for crash_open. */
static int as_file(const struct memsink *s, char path[40])
{
	int fd = memfd_create("dump", MFD_CLOEXEC);

	CHECK(fd >= 0 && write(fd, s->buf, s->len) == (ssize_t)s->len);
	snprintf(path, 40, "/proc/self/fd/%d", fd);
	return fd;
}

static void check_opened(struct fake *f, const struct crash *core, const struct memsink *s)
{
	struct crash_identity id;
	struct crash c;
	char path[40];
	int fd = as_file(s, path);

	CHECK_EQ(crash_open(path, &c), 0);
	CHECK_STR(c.why, "");
	CHECK_EQ(c.missing, 0);
	CHECK_EQ(c.vmcore.machine, f->machine->e_machine);
	CHECK_EQ(c.vmcore.page_shift, f->page_shift);
	CHECK_EQ(c.kmem.root, core->kmem.root);
	CHECK_EQ(c.kmem.phys_base, core->kmem.phys_base);
	crash_identify(&c, &id);
	crash_panic_line(&c, id.panic);
	CHECK_STR(id.panic, PANIC);
	CHECK_STR(id.machine, f->machine->name);
	CHECK_EQ(id.cpus, 2);
	crash_close(&c);
	close(fd);
}

static void check_kdump(struct fake *f, const struct crash *core, const struct memsink *s,
			const struct dump_options *opt)
{
	const struct kdump_sub_header *sub = (const void *)(s->buf + (1u << f->page_shift));
	static uint8_t page[65536];
	struct kdumpread d;
	unsigned wrong = 0;

	CHECK(kdumpread_open(&d, s->buf, s->len));
	CHECK_EQ(d.block, 1u << f->page_shift);
	CHECK_EQ(d.max_mapnr, FRAMES);
	CHECK(!strcmp((const char *)s->buf + 12 + 4 * 65, f->machine->name));
	CHECK_EQ(sub->phys_base, (uint64_t)core->kmem.phys_base);
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++) {
		bool out = is_left_out(f, pfn, opt);
		enum kdumpread_page p = kdumpread_page(&d, pfn, page, NULL);

		wrong += !kdumpread_ram(&d, pfn);
		wrong += p != (out ? KDUMPREAD_EXCLUDED : KDUMPREAD_OK);
		wrong += p == KDUMPREAD_OK &&
			 memcmp(page, f->mem + (pfn << f->page_shift), d.block) != 0;
	}
	CHECK_EQ(wrong, 0);
}

/* path: the machine's memory, as a core or in a dump. */
static void check_run_from(struct fake *f, const char *path, const struct dump_options *opt,
			   bool tail)
{
	struct dump_stats stats;
	struct memsink sink;
	struct crash core;

	memsink_open(&sink, tail);
	CHECK_EQ(crash_open(path, &core), 0);
	CHECK_EQ(dump_run(&core, opt, &sink.base, &stats), 0);
	CHECK_EQ(stats.pages_ram, FRAMES);
	CHECK_EQ(stats.pages_lost + stats.units_unfiltered + stats.level_off + stats.pages_doubt,
		 0);
	CHECK_STR(stats.selfcheck.why, "");
	CHECK(stats.selfcheck.own > 0);
	CHECK_EQ(stats.pages[PAGE_FREE], opt->level & LEVEL_FREE ? FRAMES - FREE_AT : 0);
	CHECK(!opt->exclude_struct_pages || !(opt->level & LEVEL_FREE) || stats.pages[PAGE_STRUCT]);
	if (opt->format == DUMP_KDUMP)
		check_kdump(f, &core, &sink, opt);
	check_opened(f, &core, &sink);
	crash_close(&core);
	memsink_close(&sink);
}

static void check_run(struct fake *f, const struct dump_options *opt, bool tail)
{
	check_run_from(f, f->path, opt, tail);
}

TEST(levels_and_layouts)
{
	static const unsigned levels[] = { 0, 1, 16, 31 };

	for (size_t i = 0; i < N_MACHINES; i++) {
		struct fake f;

		machine_make(&f, &machines[i]);
		for (size_t k = 0; k < sizeof(levels) / sizeof(levels[0]); k++) {
			struct dump_options opt = { .level = levels[k], .codec = DUMP_ZSTD };

			check_run(&f, &opt, true);
			check_run(&f, &opt, false);
		}
		fake_close(&f);
	}
}

TEST(struct_pages_left_out)
{
	for (size_t i = 0; i < N_MACHINES; i++) {
		struct dump_options opt = { .level = 31,
					    .codec = DUMP_ZLIB,
					    .exclude_struct_pages = true };
		struct fake f;

		machine_make(&f, &machines[i]);
		check_run(&f, &opt, true);
		opt.threads = 3;
		check_run(&f, &opt, true);
		fake_close(&f);
	}
}

TEST(elf)
{
	for (size_t i = 0; i < N_MACHINES; i++) {
		struct dump_options opt = { .level = 31, .format = DUMP_ELF };
		struct fake f;

		machine_make(&f, &machines[i]);
		check_run(&f, &opt, false);
		opt.format = DUMP_ELF_ZST;
		check_run(&f, &opt, false);
		fake_close(&f);
	}
}

/*
 * QEMU writes blocks of 64 KiB for each aarch64 machine, whatever pages its kernel has
 * (target/arm/arch_dump.c: page_size).
 */
TEST(blocks_larger_than_pages)
{
	static const unsigned of[] = { 0, 2, 4 };

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		struct dump_options opt = { .whole = true, .codec = DUMP_ZLIB };
		struct dump_stats stats;
		struct memsink sink;
		struct crash core;
		struct fake f;
		char path[40];
		int fd;

		machine_make(&f, &machines[of[i]]);
		memsink_open(&sink, false);
		CHECK_EQ(crash_open(f.path, &core), 0);
		core.vmcore.page_shift = 16;
		CHECK_EQ(dump_run(&core, &opt, &sink.base, &stats), 0);
		crash_close(&core);
		fd = as_file(&sink, path);
		memsink_close(&sink);
		opt = (struct dump_options){ .level = 31, .codec = DUMP_ZSTD };
		check_run_from(&f, path, &opt, true);
		opt.exclude_struct_pages = true;
		opt.threads = 3;
		check_run_from(&f, path, &opt, false);
		opt = (struct dump_options){ .level = 16, .format = DUMP_ELF };
		check_run_from(&f, path, &opt, false);
		close(fd);
		fake_close(&f);
	}
}

/* Of a machine that nobody here knows: all of it, and what its header says. */
TEST(unknown_architecture)
{
	struct dump_options opt = { .level = 1, .codec = DUMP_ZSTD };
	struct dump_stats stats;
	struct kdumpread d;
	struct memsink sink;
	struct crash core;
	struct fake f;
	char path[40];
	int fd;

	machine_make(&f, &machines[0]);
	f.eh->e_machine = EM_S390;
	memsink_open(&sink, true);
	CHECK_EQ(crash_open(f.path, &core), 0);
	opt.level = 31;
	CHECK_EQ(dump_run(&core, &opt, &sink.base, &stats), -ENODATA);
	opt.level = 1;
	CHECK_EQ(dump_run(&core, &opt, &sink.base, &stats), 0);
	crash_close(&core);
	CHECK(kdumpread_open(&d, sink.buf, sink.len));
	CHECK_EQ(d.pages, FRAMES);
	/* such a dump can be copied as well; its header's words stay */
	memcpy(sink.buf + 12 + 4 * 65, "parisc64", 9);
	memcpy(sink.buf + 12 + 65, "elsewhere", 10);
	fd = as_file(&sink, path);
	memsink_close(&sink);
	memsink_open(&sink, true);
	CHECK_EQ(crash_open(path, &core), 0);
	CHECK_EQ(core.vmcore.machine, 0);
	CHECK_EQ(dump_run(&core, &opt, &sink.base, &stats), 0);
	CHECK(kdumpread_open(&d, sink.buf, sink.len));
	CHECK_EQ(d.pages, FRAMES);
	CHECK_STR((char *)sink.buf + 12 + 4 * 65, "parisc64");
	CHECK_STR((char *)sink.buf + 12 + 65, "elsewhere");
	crash_close(&core);
	memsink_close(&sink);
	close(fd);
	fake_close(&f);
}
