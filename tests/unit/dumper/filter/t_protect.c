/* SPDX-License-Identifier: MIT */
/*
 * Ranges of protected frames, and the bit ranges they are told in.
 */
#include "dumper/filter/protect.h"

#include "dumper/kernel/crash.h"
#include "lib/bits.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/test.h"

TEST(bits_of_ranges)
{
	uint64_t bits[4] = { 9, 9, 9, 9 };
	struct protect p;

	protect_clear(&p);
	ranges_add(&p.ranges, 100, 110);
	ranges_add(&p.ranges, 60, 70);
	ranges_add(&p.ranges, 127, 129);
	CHECK_EQ(protect_bits(&p, 0, 60, bits), 0);
	CHECK_EQ(bits[0], 9);
	CHECK_EQ(protect_bits(&p, 64, 64, bits), 1);
	CHECK_EQ(bits[0], 0x3f | 0x3ffull << 36 | 1ull << 63);
	CHECK_EQ(bits[1], 9);
	CHECK_EQ(protect_bits(&p, 128, 128, bits), 1);
	CHECK_EQ(bits[0], 1);
	CHECK_EQ(bits[1], 0);
	CHECK_EQ(bits[2], 9);
	CHECK_EQ(protect_bits(&p, 129, 128, bits), 0);
	protect_clear(&p);
	CHECK_EQ(protect_bits(&p, 0, 256, bits), 0);
}

static bool covers(const struct protect *p, uint64_t pa, uint64_t n)
{
	for (uint64_t pfn = pa / 4096; pfn < (pa + n + 4095) / 4096; pfn++) {
		uint64_t bits;

		if (!protect_bits(p, pfn / 64 * 64, 64, &bits) || !bits_test(&bits, pfn % 64))
			return false;
	}
	return true;
}

TEST(what_no_reader_can_do_without)
{
	struct protect p;
	struct fakelog l;
	struct crash c;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fakelog_open(&l, &f, 7, 14);
	fake_finish(&f);
	CHECK_EQ(crash_open(f.path, &c), 0);
	protect_init(&p, &c.kmem, &c.memmap, &c.info);
	CHECK(covers(&p, FAKE_IMAGE_PA, FAKE_IMAGE_BYTES));
	CHECK(covers(&p, f.root, 4096));
	CHECK(covers(&p, f.sections, f.n_roots * 8));
	CHECK(covers(&p, l.descs, 128 * FAKELOG_DESC));
	CHECK(covers(&p, l.infos, 128 * FAKELOG_INFO));
	CHECK(covers(&p, l.text, 1 << 14));
	CHECK(!covers(&p, FAKE_MEMMAP_PA, 4096) && !covers(&p, 0, 4096));
	crash_close(&c);
	fake_close(&f);
}

/*
 * Memory of the beginning, which aarch64 takes out of the image's map when it gives it back: other
 * pages are there since, and what becomes of them their struct pages say.
 */
TEST(image_in_which_memory_was_given_back)
{
	struct protect p;
	struct crash c;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12, .arch = FAKE_AARCH64 });
	*fake_entry(&f, f.image_va + 0x2000, 0) = 0;
	*fake_entry(&f, f.image_va + 0x3000, 0) = 0;
	fake_finish(&f);
	CHECK_EQ(crash_open(f.path, &c), 0);
	CHECK_EQ(c.kmem.image.len, FAKE_IMAGE_BYTES);
	protect_init(&p, &c.kmem, &c.memmap, &c.info);
	CHECK(covers(&p, FAKE_IMAGE_PA, 0x2000));
	CHECK(!covers(&p, FAKE_IMAGE_PA + 0x2000, 1) && !covers(&p, FAKE_IMAGE_PA + 0x3000, 1));
	CHECK(covers(&p, FAKE_IMAGE_PA + 0x4000, FAKE_IMAGE_BYTES - 0x4000));
	/* where there are no tables all of it is kept */
	c.kmem.levels = 0;
	protect_init(&p, &c.kmem, &c.memmap, &c.info);
	CHECK(covers(&p, FAKE_IMAGE_PA, FAKE_IMAGE_BYTES));
	crash_close(&c);
	fake_close(&f);
}

/* Headers and names that claim absurd objects: the list stays short, and what is found is in it. */
TEST(absurd_claims)
{
	struct protect p;
	struct fakelog l;
	struct crash c;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fakelog_open(&l, &f, 5, 12);
	fake_info_drop(&f, "LENGTH(mem_section)");
	fake_info_add(&f, "LENGTH(mem_section)=1048576");
	fake_finish(&f);
	f.ph[1].p_memsz = 1ull << 50;
	f.mem[l.prb] = 24;	/* 2^24 descriptors */
	f.mem[l.prb + 48] = 31; /* 2 GiB of text */
	CHECK_EQ(crash_open(f.path, &c), 0);
	protect_init(&p, &c.kmem, &c.memmap, &c.info);
	CHECK(p.ranges.n > 0 && p.ranges.n <= PROTECT_MAX);
	CHECK(covers(&p, f.root, 4096) && covers(&p, l.text, 4096));
	/* an image of 2^50 bytes would protect all there is */
	CHECK(!covers(&p, 1ull << 45, 4096));
	crash_close(&c);
	fake_close(&f);
}

/* A ring in pages that do not follow each other: as many as the list holds. */
TEST(more_pieces_than_the_list_holds)
{
	uint64_t va = 0xffffc90000000000ull;
	struct protect p;
	struct fakelog l;
	struct crash c;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12, .ram_bytes = 64 << 20 });
	fakelog_open(&l, &f, 5, 12);
	for (uint64_t i = 0; i < 2048; i++)
		fake_map(&f, va + i * 4096, (8 << 20) + i * 8192, 12);
	memcpy(f.mem + l.prb + 56, &va, 8);
	f.mem[l.prb + 48] = 23;
	fake_finish(&f);
	CHECK_EQ(crash_open(f.path, &c), 0);
	protect_init(&p, &c.kmem, &c.memmap, &c.info);
	CHECK_EQ(p.ranges.n, PROTECT_MAX);
	CHECK(covers(&p, 8 << 20, 1) && !covers(&p, (8 << 20) + 4096, 1));
	crash_close(&c);
	fake_close(&f);
}

TEST(nothing_to_be_found)
{
	struct protect p;
	struct crash c;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12, .no_text = true });
	f.info[0] = '\0';
	fake_finish(&f);
	CHECK_EQ(crash_open(f.path, &c), 0);
	protect_init(&p, &c.kmem, &c.memmap, &c.info);
	CHECK_EQ(p.ranges.n, 0);
	crash_close(&c);
	fake_close(&f);
}
