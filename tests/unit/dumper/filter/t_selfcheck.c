/* SPDX-License-Identifier: MIT */
/*
 * Counters that agree with the struct pages and such that contradict them; a kernel that seems to
 * be made of user memory.
 */
#include "dumper/filter/selfcheck.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/fake/fakelog.h"
#include "tests/unit/test.h"

/* The first reads of a word of the file that find another one there. */
static struct {
	uint64_t off, value;
	unsigned times;
} stale;

/* In place of the library's. */
ssize_t pread(int fd, void *buf, size_t n, off_t off)
{
	ssize_t r = syscall(SYS_pread64, fd, buf, n, off);
	uint64_t at = stale.off - (uint64_t)off;

	if (r > 0 && stale.times && stale.off >= (uint64_t)off && at + 8 <= (uint64_t)r) {
		memcpy((uint8_t *)buf + at, &stale.value, sizeof(stale.value));
		stale.times--;
	}
	return r;
}

enum { ZONE = 1536, VM_STAT = 1344, SPANNED = 144, NR_ZONES = 4 * ZONE, START = NR_ZONES + 8 };

struct machine {
	struct fake f;
	struct crash c;
	struct protect protect;
	struct selfcheck_result r;
	struct fakelog log;
	uint64_t node;
};

static void put(struct machine *m, uint64_t pa, uint64_t v)
{
	memcpy(m->f.mem + pa, &v, sizeof(v));
}

static void zone(struct machine *m, unsigned i, uint64_t span, uint64_t free)
{
	put(m, m->node + i * ZONE + SPANNED, span);
	put(m, m->node + i * ZONE + VM_STAT + 8, free);
}

/* 64 MiB: two zones of 4096 and 12288 frames; 10 blocks of 1024 pages are free. */
static void machine_open(struct machine *m)
{
	char line[80];
	uint64_t array;

	memset(m, 0, sizeof(*m));
	fake_open(&m->f, &(struct fake_desc){ .kernel = FAKE_6_12, .ram_bytes = 64 << 20 });
	fake_kernel_pages(&m->f, 0, 16384);
	fakelog_open(&m->log, &m->f, 5, 12);
	for (unsigned i = 6; i < 16; i++)
		fake_free(FAKE_6_12, fake_struct(&m->f, i * 1024), 10);
	array = fake_alloc(&m->f, 4096);
	m->node = fake_alloc(&m->f, 8192);
	put(m, array + 8, fake_va(&m->f, m->node));
	put(m, m->node + NR_ZONES, 3);
	put(m, m->node + START, 1);
	zone(m, 0, 4095, 0);
	zone(m, 1, 12288, 10 * 1024);
	snprintf(line, sizeof(line), "SYMBOL(node_data)=%llx",
		 (unsigned long long)fake_va(&m->f, array));
	fake_info_add(&m->f, line);
	fake_info_add(&m->f,
		      "LENGTH(node_data)=4\nOFFSET(pglist_data.node_zones)=0\n"
		      "OFFSET(pglist_data.nr_zones)=6144\nOFFSET(pglist_data.node_start_pfn)=6152\n"
		      "SIZE(zone)=1536\nOFFSET(zone.vm_stat)=1344\nOFFSET(zone.spanned_pages)=144\n"
		      "NUMBER(NR_FREE_PAGES)=1");
}

static void check(struct machine *m, unsigned level)
{
	fake_finish(&m->f);
	CHECK_EQ(crash_open(m->f.path, &m->c), 0);
	protect_init(&m->protect, &m->c.kmem, &m->c.memmap, &m->c.info);
	CHECK_EQ(selfcheck_run(&m->c, &m->protect, level, &m->r), 0);
	CHECK_EQ(!m->r.off, !m->r.why[0]);
	crash_close(&m->c);
}

TEST(all_agrees)
{
	struct machine m;

	machine_open(&m);
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.off, 0);
	CHECK_EQ(m.r.zones, 2);
	CHECK_EQ(m.r.first_pfn, 1);
	CHECK_EQ(m.r.end_pfn, 16384);
	CHECK_EQ(m.r.free_kernel, 10240);
	CHECK_EQ(m.r.free_seen, 10240);
	CHECK_EQ(m.r.free_all, 10240);
	CHECK(m.r.own > 10);
	CHECK(selfcheck_free_fits(&m.r, 10240) && selfcheck_free_fits(&m.r, 9500));
	CHECK(!selfcheck_free_fits(&m.r, 15000) && !selfcheck_free_fits(&m.r, 5000));
	fake_close(&m.f);
}

TEST(fewer_free_pages_than_the_rules_see)
{
	struct machine m;

	machine_open(&m);
	zone(&m, 1, 12288, 5000);
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.off, LEVEL_FREE);
	CHECK(strstr(m.r.why, "5000") && strstr(m.r.why, "10240"));
	/* nobody asks for them */
	check(&m, LEVEL_USER);
	CHECK_EQ(m.r.off, 0);
	/* a few pages are in flight; more than are found cost space alone */
	zone(&m, 1, 12288, 9500);
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.off, 0);
	zone(&m, 1, 12288, 12000);
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.off, 0);
	CHECK(!selfcheck_free_fits(&m.r, 10240 - 2000));
	fake_close(&m.f);
}

/* A running machine frees memory while its struct pages are counted: the next look agrees. */
TEST(a_running_machine_is_looked_at_again)
{
	struct machine m;

	for (int live = 0; live < 2; live++) {
		machine_open(&m);
		fake_finish(&m.f);
		CHECK_EQ(crash_open(m.f.path, &m.c), 0);
		m.c.vmcore.live = live;
		protect_init(&m.protect, &m.c.kmem, &m.c.memmap, &m.c.info);
		stale.off = FAKE_MEM_OFF + m.node + ZONE + VM_STAT + 8;
		stale.value = 1000;
		stale.times = 3;
		kmem_forget(&m.c.kmem);
		CHECK_EQ(selfcheck_run(&m.c, &m.protect, LEVEL_ALL, &m.r), 0);
		CHECK_EQ(m.r.off, live ? 0 : LEVEL_FREE);
		stale.times = 0;
		crash_close(&m.c);
		fake_close(&m.f);
	}
}

/* A counter of a CPU's changes may be below zero; other nonsense is not compared at all. */
TEST(counters_that_make_no_sense)
{
	struct machine m;

	machine_open(&m);
	zone(&m, 0, 4095, (uint64_t)-7);
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.zones, 2);
	CHECK_EQ(m.r.off, 0);
	zone(&m, 1, 12288, 99999);
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.zones + m.r.off + m.r.free_all, 0);
	CHECK(selfcheck_free_fits(&m.r, 12345));
	zone(&m, 1, 1ull << 50, 5);
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.zones, 0);
	put(&m, m.node + NR_ZONES, 0x12345678);
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.zones, 0);
	fake_info_drop(&m.f, "NUMBER(NR_FREE_PAGES)");
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.zones, 0);
	CHECK(m.r.own > 10);
	fake_info_drop(&m.f, "SIZE(page)");
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.own, 0);
	fake_close(&m.f);
}

/* Only the first zones are small enough. */
TEST(zones_too_large_to_count)
{
	struct machine m;

	machine_open(&m);
	zone(&m, 0, 4095, 0);
	zone(&m, 1, 1ull << 30, 10240);
	check(&m, LEVEL_ALL);
	CHECK_EQ(m.r.zones, 1);
	CHECK_EQ(m.r.end_pfn, 4096);
	CHECK_EQ(m.r.free_kernel, 0);
	CHECK_EQ(m.r.free_all, 10240);
	CHECK_EQ(m.r.off, 0);
	fake_close(&m.f);
}

static void overwrite(struct machine *m, uint64_t first, uint64_t n, unsigned flags, uint64_t map)
{
	for (uint64_t i = first; i < first + n; i++)
		fake_page(FAKE_6_12, fake_struct(&m->f, i), flags, map);
}

TEST(a_kernel_made_of_user_memory)
{
	static const struct {
		unsigned flags;
		uint64_t map;
		unsigned off;
		const char *name;
	} t[] = {
		{ FAKE_LRU | FAKE_SWAPBACKED, FAKE_ANON, LEVEL_USER, "user" },
		{ FAKE_LRU, FAKE_FILE, LEVEL_CACHE | LEVEL_CACHE_PRIVATE, "cache" },
		{ FAKE_LRU | FAKE_PRIVATE, FAKE_FILE, LEVEL_CACHE_PRIVATE, "cache_private" },
	};

	for (size_t i = 0; i < 3; i++) {
		struct machine m;

		machine_open(&m);
		/* one page is an accident */
		overwrite(&m, FAKE_IMAGE_PA / 4096, 1, t[i].flags, t[i].map);
		check(&m, LEVEL_ALL);
		CHECK_EQ(m.r.off, 0);
		/* the log's pages */
		overwrite(&m, m.log.descs / 4096, 10, t[i].flags, t[i].map);
		check(&m, LEVEL_ALL);
		CHECK_EQ(m.r.off, t[i].off);
		CHECK(strstr(m.r.why, t[i].name));
		check(&m, LEVEL_ALL & ~t[i].off);
		CHECK_EQ(m.r.off, 0);
		fake_close(&m.f);
	}
}
