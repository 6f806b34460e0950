/* SPDX-License-Identifier: MIT */
/*
 * Fuzzer: a fake core of which the input breaks some bytes: page tables, mem_section, struct
 * pages, the ring's structures, VMCOREINFO. Then all of it is filtered, and dumped into
 * nothing.
 *
 * Input: machine and whether struct pages are excluded; level and what to do; then patches of
 *	where (2 bytes: region in the upper two bits, offset), length (1 byte, 1 to 16), bytes.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/dump.h"
#include "dumper/filter/filter.h"
#include "dumper/filter/selfcheck.h"
#include "dumper/kernel/crash.h"
#include "dumper/kernel/crash_identity.h"
#include "dumper/kernel/kernel_tables.h"
#include "lib/bits.h"
#include "tests/fuzz/file.h"
#include "tests/unit/fake/fakelog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAM (3u << 20)
/* image and tables; struct pages; some pages more: few, for speed */
#define IMAGE                                                                                      \
	{                                                                                          \
		0x100000, 0x140000                                                                 \
	}
#define MEMMAP                                                                                     \
	{                                                                                          \
		0x200000, 0x20c000                                                                 \
	}
#define OTHER                                                                                      \
	{                                                                                          \
		0x280000, RAM                                                                      \
	}
/* tables of larger pages take more */
#define LARGE_IMAGE                                                                                \
	{                                                                                          \
		0x100000, 0x200000                                                                 \
	}
#define LARGE_MEMMAP                                                                               \
	{                                                                                          \
		0x200000, 0x210000                                                                 \
	}
#define MACHINES    8
#define MAX_PATCHES 32
#define MAX_TABLES  10000u

static struct machine {
	struct fake f;
	struct fakelog log;
	bool ready;
} machines[MACHINES];

static void must(int good)
{
	if (!good)
		abort();
}

/* One node of one zone with 64 free pages. */
static void add_node(struct fake *f)
{
	uint64_t node = fake_alloc(f, 4096), words[] = { 1, 0, RAM >> f->page_shift, 64 };
	char line[80];

	memcpy(f->mem + node, words, sizeof(words));
	snprintf(line, sizeof(line), "SYMBOL(contig_page_data)=%llx",
		 (unsigned long long)fake_va(f, node));
	fake_info_add(f, line);
	fake_info_add(f, "OFFSET(pglist_data.node_zones)=16\nOFFSET(pglist_data.nr_zones)=0\n"
			 "OFFSET(pglist_data.node_start_pfn)=8\nSIZE(zone)=16\n"
			 "OFFSET(zone.spanned_pages)=0\nOFFSET(zone.vm_stat)=8\n"
			 "NUMBER(NR_FREE_PAGES)=0");
}

static struct machine *machine(unsigned which)
{
	static const struct fake_desc descs[MACHINES] = {
		{ .kernel = FAKE_6_1,
		  .ram_bytes = RAM,
		  .ram = { IMAGE, MEMMAP, OTHER },
		  .small_leaves = true },
		{ .kernel = FAKE_6_7,
		  .ram_bytes = RAM,
		  .ram = { { 0x1000, 0x9c00 }, IMAGE, MEMMAP } },
		{ .kernel = FAKE_6_12, .ram_bytes = RAM, .ram = { IMAGE, MEMMAP, OTHER } },
		{ .kernel = FAKE_7_1,
		  .ram_bytes = RAM,
		  .ram = { IMAGE, MEMMAP, OTHER },
		  .levels = 5,
		  .small_leaves = true },
		{ .kernel = FAKE_6_1,
		  .arch = FAKE_AARCH64,
		  .va_bits = 52,
		  .run_bits = 48,
		  .ram_bytes = RAM,
		  .ram = { IMAGE, MEMMAP, OTHER },
		  .small_leaves = true },
		{ .kernel = FAKE_6_12,
		  .arch = FAKE_AARCH64,
		  .page_shift = 16,
		  .va_bits = 52,
		  .run_bits = 48,
		  .ram_bytes = RAM,
		  .ram = { LARGE_IMAGE, LARGE_MEMMAP, OTHER } },
		{ .kernel = FAKE_6_12,
		  .arch = FAKE_AARCH64,
		  .page_shift = 14,
		  .va_bits = 52,
		  .ram_bytes = RAM,
		  .ram = { LARGE_IMAGE, LARGE_MEMMAP, OTHER } },
		{ .kernel = FAKE_7_1,
		  .arch = FAKE_RISCV64,
		  .va_bits = 57,
		  .ram_bytes = RAM,
		  .ram = { IMAGE, MEMMAP, OTHER } },
	};
	struct machine *m = &machines[which];
	enum fake_kernel k = descs[which].kernel;
	unsigned shift = descs[which].page_shift ? descs[which].page_shift : 12;
	uint64_t tables = shift > 12 ? 0x200000 : 0x140000, other = 0x280000 >> shift;

	if (m->ready)
		return m;
	m->ready = true;
	fake_open(&m->f, &descs[which]);
	fakelog_open(&m->log, &m->f, 4, 9);
	fakelog_add(&m->log, "Kernel panic - not syncing: fuzz", 32);
	fake_kernel_pages(&m->f, 0, RAM >> shift);
	/* of pages of 4 KiB 128 remain, of 64 KiB 8 */
	fake_free(k, fake_struct(&m->f, other + (64 >> (shift - 12))), 18 - shift);
	fake_page(k, fake_struct(&m->f, other), FAKE_LRU | FAKE_SWAPBACKED, FAKE_ANON);
	fake_compound(k, fake_struct(&m->f, other), shift > 14 ? 1 : 4 - (shift - 12), true);
	/* 64 KiB of tables: some of a process */
	for (uint64_t pfn = FAKE_TABLES_PA >> shift; pfn < 0x140000ull >> shift; pfn++)
		fake_typed(k, fake_struct(&m->f, pfn), FAKE_TABLE);
	if (shift == 12)
		fake_typed(k, fake_struct(&m->f, 702), FAKE_TABLE);
	add_node(&m->f);
	must(m->f.next <= tables);
	fake_finish(&m->f);
	return m;
}

/* The part of the file that a region and an offset name; NULL: outside. */
static uint8_t *place(struct fake *f, unsigned where, unsigned len)
{
	unsigned region = where >> 14, off = where & 0x3fff;
	uint64_t base;

	switch (region) {
	case 0: /* image and top table */
		base = FAKE_MEM_OFF + FAKE_IMAGE_PA;
		break;
	case 1: /* the tables behind it, mem_section, the ring */
		base = FAKE_MEM_OFF + FAKE_TABLES_PA;
		off *= f->page_shift > 12 ? 64 : 8;
		break;
	case 2: /* struct pages */
		base = FAKE_MEM_OFF + FAKE_MEMMAP_PA;
		off *= 4;
		break;
	default: /* notes */
		base = FAKE_NOTE_OFF;
		break;
	}
	return base + off + len <= f->file_len ? f->file + base + off : NULL;
}

struct patch {
	uint8_t *at;
	uint8_t len, old[16];
};

static unsigned apply(struct fake *f, const uint8_t *data, size_t size, struct patch *p)
{
	unsigned n = 0;

	while (n < MAX_PATCHES && size > 3) {
		unsigned where = data[0] | (unsigned)data[1] << 8, len = data[2] % 16 + 1;

		data += 3;
		size -= 3;
		len = len > size ? (unsigned)size : len;
		p[n].at = place(f, where, len);
		p[n].len = (uint8_t)len;
		if (p[n].at) {
			memcpy(p[n].old, p[n].at, len);
			memcpy(p[n].at, data, len);
			n++;
		}
		data += len;
		size -= len;
	}
	return n;
}

static void check_unit(const struct filter_unit *u, const struct vmcore *v)
{
	static uint64_t ram[FILTER_WORDS], in_file[FILTER_WORDS];
	uint64_t sum = u->pages_absent;

	vmcore_ram_bits(v, u->pfn, u->n, ram, in_file);
	for (unsigned i = 0; i < (u->n + 63) / 64; i++)
		must(!(u->kept[i] & ~in_file[i]));
	for (int c = 0; c < PAGE_CLASSES; c++)
		sum += u->pages[c];
	must(sum == u->pages_ram && bits_count(u->kept, u->n) == u->pages[PAGE_KEEP]);
}

/* Pieces lie behind each other. */
static void check_vmemmap(const struct vmemmap *e)
{
	for (size_t i = 1; i < e->n; i++)
		must(e->piece[i - 1].frame + e->piece[i - 1].n <= e->piece[i].frame);
}

/* Frames ascend, each once, whatever the tables lead to. */
static void check_tables(struct crash *c)
{
	static struct kernel_tables t;

	kernel_tables_collect(&t, &c->kmem, MAX_TABLES);
	must(t.n <= MAX_TABLES);
	for (size_t i = 1; i < t.n; i++)
		must(t.frame[i - 1] < t.frame[i]);
	kernel_tables_free(&t);
}

static void filter_all(struct crash *c, const struct protect *protect, unsigned level,
		       bool exclude_struct_pages)
{
	static uint8_t page[65536];
	static struct vmemmap map;
	static struct filter f;
	static struct filter_unit u;
	const char *why = NULL;
	uint64_t pfn = 0, ram = 0;

	must(!vmemmap_init(&map, &c->kmem, &c->memmap, &why));
	check_vmemmap(&map);
	filter_init(&f, &c->kmem, &c->memmap, protect, &c->info, level, false, page, sizeof(page));
	must(!exclude_struct_pages || why || !filter_exclude_struct_pages(&f, &map));
	while (filter_next(&f, pfn, &u)) {
		must(u.pfn + u.n > pfn && u.n && u.n <= FILTER_UNIT_MAX);
		check_unit(&u, &c->vmcore);
		ram += u.pages_ram;
		pfn = u.pfn + u.n;
	}
	must(ram == vmcore_ram_pages(&c->vmcore));
	filter_close(&f);
	vmemmap_free(&map);
}

static void check_rules(struct crash *c, const struct protect *protect, unsigned level)
{
	static struct selfcheck_result r;

	must(!selfcheck_run(c, protect, level, &r));
	must(!(r.off & ~level) && !r.off == !r.why[0] && r.first_pfn <= r.end_pfn);
}

static int nothing_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	uint8_t sum = 0;

	(void)s;
	must(len && off + len > off && off + len < 1ull << 32);
	for (size_t i = 0; i < len; i += 512)
		sum ^= ((const uint8_t *)buf)[i];
	return sum == 0x5b && off == 0x12345678 ? -1 : 0;
}

static void look(struct crash *c, uint8_t what, unsigned level, bool exclude_struct_pages)
{
	static struct crash_identity id;
	static struct protect protect;

	protect_init(&protect, &c->kmem, &c->memmap, &c->info);
	if (!(c->missing & CORE_NO_MEMMAP))
		filter_all(c, &protect, level, exclude_struct_pages);
	if (what & 0x80)
		check_tables(c);
	if (what & 0x20) {
		crash_identify(c, &id);
		crash_panic_line(c, id.panic);
	}
	if (what & 0x40)
		check_rules(c, &protect, level);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct crash core;
	static struct dump_stats stats;
	struct dump_options opt = { .codec = DUMP_STORED };
	struct sink nothing = { .put = nothing_put, .rewrites = true };
	struct patch patches[MAX_PATCHES];
	struct machine *m;
	unsigned n;

	if (size < 2)
		return 0;
	m = machine(data[0] % 4 + (data[0] & 8 ? 4 : 0));
	opt.level = data[1] & LEVEL_ALL;
	opt.exclude_struct_pages = data[0] & 4;
	n = apply(&m->f, data + 2, size - 2, patches);
	/* each of 2^24 descriptors would be asked for, which is right and takes a while */
	if (m->f.mem[m->log.prb] > 8)
		m->f.mem[m->log.prb] = 8;
	fuzz_file(m->f.file, m->f.file_len);
	if (!crash_open(m->f.path, &core)) {
		/* a dump costs as much as many filterings, and filters and checks rules itself */
		if ((data[0] & 0xf0) == 0xf0 && size % 8 == 2)
			dump_run(&core, &opt, &nothing, &stats);
		else
			look(&core, data[1], opt.level, opt.exclude_struct_pages);
	}
	crash_close(&core);
	while (n--)
		memcpy(patches[n].at, patches[n].old, patches[n].len);
	m->f.mem[m->log.prb] = 4;
	return 0;
}
