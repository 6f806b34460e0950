/* SPDX-License-Identifier: MIT */
/*
 * pfn → struct page through mem_section and vmemmap, and what is believed of either.
 */
#include "dumper/kernel/memmap.h"

#include <errno.h>

#include "dumper/kernel/crash.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

static void start(struct fake *f, struct crash *c)
{
	fake_finish(f);
	CHECK_EQ(crash_open(f->path, c), 0);
}

static void stop(struct fake *f, struct crash *c)
{
	crash_close(c);
	fake_close(f);
}

static void add_vmemmap(struct fake *f)
{
	char line[64];

	snprintf(line, sizeof(line), "SYMBOL(vmemmap)=%llx", (unsigned long long)f->vmemmap);
	fake_info_add(f, line);
}

TEST(sections_with_holes)
{
	struct fake f;
	struct crash c;
	uint64_t va;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_1,
					   .ram_bytes = 16 << 20,
					   .ram = { { 0, 4 << 20 }, { 6 << 20, 16 << 20 } } });
	start(&f, &c);
	CHECK_EQ(c.missing, 0);
	CHECK_EQ(c.memmap.section_shift, 8);
	CHECK_EQ(c.memmap.page_bytes, 64);
	for (uint64_t pfn = 0; pfn < 4096; pfn += 255) {
		bool ram = pfn < 1024 || pfn >= 1536;

		CHECK_EQ(memmap_page(&c.memmap, &c.kmem, pfn, &va), ram ? 0 : -ENOENT);
		if (ram)
			CHECK_EQ(va, f.vmemmap + pfn * 64);
	}
	CHECK_EQ(memmap_page(&c.memmap, &c.kmem, 16 << 8, &va), -ENOENT);
	CHECK_EQ(memmap_page(&c.memmap, &c.kmem, 1ull << 40, &va), -ENOENT);
	CHECK_EQ(memmap_page(&c.memmap, &c.kmem, UINT64_MAX, &va), -ENOENT);
	stop(&f, &c);
}

TEST(words_of_sections)
{
	struct fake f;
	struct crash c;
	uint64_t va;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_1 });
	*fake_section(&f, 256) &= ~1ull; /* hot-removed */
	*fake_section(&f, 512) &= ~2ull; /* without a map */
	*fake_section(&f, 768) |= 0x10;	 /* taint of a zone device, 5.12 */
	*fake_section(&f, 1024) |= 0x20; /* pre-initialised, 6.15 */
	start(&f, &c);
	CHECK_EQ(memmap_page(&c.memmap, &c.kmem, 256, &va), -ENOENT);
	CHECK_EQ(memmap_page(&c.memmap, &c.kmem, 512, &va), -ENOENT);
	CHECK_EQ(memmap_page(&c.memmap, &c.kmem, 768, &va), 0);
	CHECK_EQ(va, f.vmemmap + 768 * 64);
	CHECK_EQ(memmap_page(&c.memmap, &c.kmem, 1024, &va), 0);
	CHECK_EQ(va, f.vmemmap + 1024 * 64);
	stop(&f, &c);
}

/* mem_section points nowhere; where the kernel tells vmemmap (6.9 and later) it serves as well. */
TEST(roots_that_lead_nowhere)
{
	static const uint64_t roots[] = { 0, 0x1000, ~0ull, ~0ull << 12,
					  0xffff888000000000ull + (1ull << 45) };

	for (size_t i = 0; i < 2 * sizeof(roots) / sizeof(roots[0]); i++) {
		bool second = i % 2;
		struct fake f;
		struct crash c;
		uint64_t va;

		fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
		memcpy(f.mem + f.sections, &roots[i / 2], 8);
		if (second)
			add_vmemmap(&f);
		start(&f, &c);
		CHECK_EQ(c.missing, second ? 0 : CORE_NO_MEMMAP);
		CHECK_EQ(c.memmap.page_bytes, second ? 64 : 0);
		CHECK_EQ(c.memmap.section_shift, 8);
		CHECK_EQ(memmap_page(&c.memmap, &c.kmem, 300, &va), second ? 0 : -ENOENT);
		CHECK(second || strstr(c.why, "mem_section") != NULL);
		stop(&f, &c);
	}
}

TEST(section_words_that_lead_nowhere)
{
	static const uint64_t words[] = { 3, ~0ull, 0xffff888000000003ull + (1ull << 45),
					  0x5a5a5a5a5a5a5a5aull };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct fake f;
		struct crash c;

		fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
		for (uint64_t pfn = 0; pfn < 2048; pfn += 256)
			*fake_section(&f, pfn) = words[i];
		start(&f, &c);
		CHECK_EQ(c.missing, CORE_NO_MEMMAP);
		stop(&f, &c);
	}
}

TEST(names_missing_or_absurd)
{
	static const struct {
		const char *drop, *add;
		bool second; /* vmemmap helps */
	} cases[] = {
		{ "SIZE(page)", "X=1", false },
		{ "SIZE(page)", "SIZE(page)=0", false },
		{ "SIZE(page)", "SIZE(page)=31", false },
		{ "SIZE(page)", "SIZE(page)=60", false },
		{ "SIZE(page)", "SIZE(page)=1024", false },
		{ "SYMBOL(mem_section)", "X=1", true },
		{ "SYMBOL(mem_section)", "SYMBOL(mem_section)=1", true },
		{ "LENGTH(mem_section)", "X=1", true },
		{ "LENGTH(mem_section)", "LENGTH(mem_section)=0", true },
		{ "SIZE(mem_section)", "SIZE(mem_section)=0", true },
		{ "SIZE(mem_section)", "SIZE(mem_section)=7", true },
		{ "SIZE(mem_section)", "SIZE(mem_section)=4097", true },
		{ "SIZE(mem_section)", "SIZE(mem_section)=1048576", true },
		{ "OFFSET(mem_section.section_mem_map)", "X=1", true },
		{ "OFFSET(mem_section.section_mem_map)", "OFFSET(mem_section.section_mem_map)=9",
		  true },
	};

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		struct fake f;
		struct crash c;

		fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
		fake_info_drop(&f, cases[i / 2].drop);
		fake_info_add(&f, cases[i / 2].add);
		if (i % 2)
			add_vmemmap(&f);
		start(&f, &c);
		CHECK_EQ(c.missing, i % 2 && cases[i / 2].second ? 0 : CORE_NO_MEMMAP);
		stop(&f, &c);
	}
}

TEST(section_size)
{
	static const struct {
		const char *line;
		unsigned shift;
	} cases[] = {
		{ "X=1", 15 },
		{ "NUMBER(SECTION_SIZE_BITS)=19", 15 },
		{ "NUMBER(SECTION_SIZE_BITS)=37", 15 },
		{ "NUMBER(SECTION_SIZE_BITS)=-20", 15 },
		{ "NUMBER(SECTION_SIZE_BITS)=30", 18 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fake f;
		struct crash c;

		fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12, .section_bits = 27 });
		fake_info_drop(&f, "NUMBER(SECTION_SIZE_BITS)");
		fake_info_add(&f, cases[i].line);
		start(&f, &c);
		CHECK_EQ(c.missing, 0);
		CHECK_EQ(c.memmap.section_shift, cases[i].shift);
		stop(&f, &c);
	}
}

/* RAM as a hostile header may claim it: looking for a struct page ends. */
TEST(claims_of_4_pib)
{
	struct fake f;
	struct crash c;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	for (uint64_t pfn = 0; pfn < 2048; pfn += 256)
		*fake_section(&f, pfn) = 0;
	fake_finish(&f);
	f.ph[2].p_memsz = 1ull << 52;
	CHECK_EQ(crash_open(f.path, &c), 0);
	CHECK_EQ(c.missing, CORE_NO_MEMMAP);
	stop(&f, &c);
}
