/* SPDX-License-Identifier: MIT */
/*
 * The printk ring, written as kernels do it, and rings that nobody wrote so.
 */
#include "dumper/kernel/dmesg.h"

#include <errno.h>

#include "dumper/kernel/crash.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

#define ID_MASK (~0ull >> 2)

struct ring {
	struct fake f;
	struct fakelog l;
	struct crash core;
	struct memsink out;
	struct dmesg_stats stats;
};

static void ring_open(struct ring *r, unsigned count_bits, unsigned size_bits)
{
	fake_open(&r->f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fakelog_open(&r->l, &r->f, count_bits, size_bits);
	r->l.ts_nsec = 1234567890ull;
}

static void ring_add(struct ring *r, const char *text)
{
	fakelog_add(&r->l, text, strlen(text));
}

/* The whole log as one string, in r->out. */
static const char *ring_text(struct ring *r, int want)
{
	fake_finish(&r->f);
	memsink_open(&r->out, true);
	CHECK_EQ(crash_open(r->f.path, &r->core), 0);
	CHECK_EQ(dmesg_save(&r->core.kmem, &r->core.info, &r->out.base, &r->stats), want);
	CHECK_EQ(r->stats.bytes, r->out.len);
	if (!r->out.len)
		return "";
	/* the sink's memory is zeroed beyond what was put */
	return r->out.len < r->out.room ? (const char *)r->out.buf : "?";
}

static void ring_close(struct ring *r)
{
	crash_close(&r->core);
	memsink_close(&r->out);
	fake_close(&r->f);
}

static void expect_log(struct ring *r, const char *want)
{
	CHECK_STR(ring_text(r, 0), want);
	ring_close(r);
}

TEST(lines_as_dmesg_prints_them)
{
	struct ring r;

	ring_open(&r, 5, 12);
	ring_add(&r, "Linux version 6.12");
	r.l.ts_nsec = 98765432100000ull;
	ring_add(&r, "second");
	expect_log(&r, "[    1.234567] Linux version 6.12\n[98765.432100] second\n");
}

TEST(empty_ring)
{
	struct ring r;

	ring_open(&r, 5, 12);
	expect_log(&r, "");
}

TEST(records_without_data)
{
	struct ring r;

	ring_open(&r, 5, 12);
	ring_add(&r, "a");
	fakelog_add(&r.l, "", 0);
	fakelog_add_failed(&r.l);
	ring_add(&r, "b");
	expect_log(&r, "[    1.234567] a\n[    1.234568] \n[    1.234570] b\n");
}

TEST(newlines_and_control_characters)
{
	struct ring r;

	ring_open(&r, 5, 12);
	ring_add(&r, "one\ntwo\n\nfour");
	ring_add(&r, "\n");
	ring_add(&r, "tab\tbell\a esc\x1b[31m del\x7f utf \xc3\xa9");
	expect_log(&r,
		   "[    1.234567] one\n               two\n               \n               four\n"
		   "[    1.234568] \n               \n"
		   "[    1.234569] tab\tbell. esc.[31m del. utf \xc3\xa9\n");
}

/* C1's characters, as a USB device may call itself, begin sequences of a terminal as ESC does; Latin-1 stays. */
TEST(control_characters_of_eight_bits)
{
	struct ring r;

	ring_open(&r, 5, 12);
	ring_add(&r, "Product: \xc2\x9b"
		     "2J \xc2\xa0 \x9b"
		     "31m gr\xfc\xdf \xc5\x9b \xe2\x82\xac");
	ring_add(&r, "cut \xc2");
	expect_log(&r,
		   "[    1.234567] Product: ..2J \xc2\xa0 .31m gr\xfc\xdf \xc5\x9b \xe2\x82\xac\n"
		   "[    1.234568] cut \xc2\n");
}

/* Records until the ring has turned over many times: what is left are the newest, without a gap. */
static void turn_over(unsigned count_bits, unsigned size_bits, bool exact, unsigned records,
		      unsigned step)
{
	static char want[1 << 16];
	unsigned have = 0, first;
	const char *text;
	struct ring r;
	size_t n = 0;

	ring_open(&r, count_bits, size_bits);
	r.l.exact_fits = exact;
	r.l.ts_nsec = 0;
	for (unsigned i = 0; i < records; i++) {
		char line[64];

		r.l.ts_nsec = 0;
		snprintf(line, sizeof(line), "record %05u %.*s", i, (int)(i * step % 40),
			 "........................................");
		ring_add(&r, line);
	}
	text = ring_text(&r, 0);
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		have++;
	/* the ring's very first descriptor holds no record */
	CHECK_EQ(have, ((r.l.head_id - r.l.tail_id) & ID_MASK) +
			       (r.l.tail_id != ((0 - ((1ull << count_bits) + 1)) & ID_MASK)));
	CHECK(have > 1 || records == 1);
	first = records - have;
	for (unsigned i = first; i < records; i++)
		n += (size_t)snprintf(want + n, sizeof(want) - n,
				      "[    0.000000] record %05u %.*s\n", i, (int)(i * step % 40),
				      "........................................");
	CHECK_STR(text, have ? want : "");
	ring_close(&r);
}

/*
 * Every number of records up to some turns: the first record that wraps lies at the ring's
 * first end, where positions go through 0, and is met on each machine that logged more than its
 * ring holds.
 */
TEST(wrapped_records_of_both_rules)
{
	for (unsigned n = 1; n < 200; n++) {
		turn_over(5, 9, false, n, 7);
		turn_over(5, 9, true, n, 7);
	}
	turn_over(3, 12, false, 1000, 11);
	turn_over(7, 9, true, 1000, 13);
}

/*
 * Blocks of 32 bytes fit a ring of 512 exactly; kernels up to 6.18 put the last one at the
 * start.
 */
TEST(exactly_fitting_blocks)
{
	for (unsigned n = 1; n < 100; n++) {
		turn_over(5, 9, false, n, 0);
		turn_over(5, 9, true, n, 0);
	}
}

TEST(descriptor_of_another_id_or_state)
{
	struct ring r;

	ring_open(&r, 5, 12);
	ring_add(&r, "a");
	ring_add(&r, "b");
	ring_add(&r, "c");
	ring_add(&r, "d");
	ring_add(&r, "e");
	fakelog_desc(&r.l, r.l.head_id - 3)[0] &= ~0ull >> 2; /* reserved: being written */
	fakelog_desc(&r.l, r.l.head_id - 2)[0] ^= 1ull << 40; /* another id */
	fakelog_desc(&r.l, r.l.head_id - 1)[0] ^= 3ull << 62; /* committed, not final */
	expect_log(&r, "[    1.234567] a\n[    1.234570] d\n[    1.234571] e\n");
}

/* Positions that no kernel writes cost their record alone. */
TEST(hostile_positions)
{
	static const struct {
		uint64_t begin, next;
	} bad[] = {
		{ 0, 0 },	    { 8, 8 },
		{ 16, 8 },	    { 0, 1ull << 40 },
		{ 1ull << 40, 0 },  { ~0ull - 7, 8 },
		{ 4088, 4096 * 2 }, { 4096, 4096 * 3 },
		{ 0, 7 },	    { 4095 & ~7ull, 4100 },
		{ 2, ~0ull },	    { ~0ull & ~1ull, ~0ull & ~1ull },
		{ 4096, 1 },	    { 1ull << 63, 1ull << 62 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ring r;
		const char *text;

		ring_open(&r, 5, 12);
		ring_add(&r, "good");
		ring_add(&r, "broken");
		ring_add(&r, "end");
		memcpy(fakelog_desc(&r.l, r.l.head_id - 1) + 1, &bad[i], sizeof(bad[i]));
		text = ring_text(&r, 0);
		CHECK(!strncmp(text, "[    1.234567] good\n", 20));
		CHECK(strstr(text, "[    1.234569] end\n") != NULL);
		CHECK(strstr(text, "broken") == NULL);
		ring_close(&r);
	}
}

/* A block's length bounds the text, whatever text_len says. */
TEST(text_len_beyond_the_block)
{
	struct ring r;
	uint16_t len = 65535;
	const char *text;

	ring_open(&r, 5, 12);
	ring_add(&r, "12345678");
	ring_add(&r, "next");
	memcpy(fakelog_info(&r.l, r.l.head_id - 1) + 16, &len, 2);
	text = ring_text(&r, 0);
	CHECK(!strncmp(text, "[    1.234567] 12345678\n", 24));
	ring_close(&r);
}

/*
 * Records that all claim the same long text, of lines without end: no kernel's texts are more than its ring holds. Each
 * still comes, the newest too, but for what a ring cannot hold.
 */
TEST(records_that_share_a_text)
{
	enum { LINES = 4000, RECORDS = 200 };
	static char lines[LINES];
	struct ring r;
	uint64_t *first;
	const char *text;

	memset(lines, '\n', sizeof(lines));
	ring_open(&r, 8, 13);
	fakelog_add(&r.l, lines, sizeof(lines));
	first = fakelog_desc(&r.l, r.l.head_id);
	for (unsigned i = 1; i < RECORDS; i++) {
		uint16_t len = LINES;
		uint64_t *d;

		ring_add(&r, "x");
		d = fakelog_desc(&r.l, r.l.head_id);
		d[1] = first[1];
		d[2] = first[2];
		memcpy(fakelog_info(&r.l, r.l.head_id) + 16, &len, 2);
	}
	ring_add(&r, "the newest\nand its second line");
	text = ring_text(&r, 0);
	CHECK_EQ(r.stats.records, RECORDS + 1);
	CHECK(r.out.len < 3 * (LINES + 1) * sizeof("[    1.234567] ") + RECORDS * 32);
	CHECK(strstr(text, "] the newest\n") != NULL);
	ring_close(&r);
}

TEST(longest_record)
{
	static char text[65535];
	struct ring r;

	memset(text, 'x', sizeof(text));
	ring_open(&r, 5, 17);
	fakelog_add(&r.l, text, sizeof(text));
	memset(text, '\n', sizeof(text));
	fakelog_add(&r.l, text, 3000);
	ring_text(&r, 0);
	CHECK_EQ(r.stats.records, 2);
	CHECK_EQ(r.out.len, 15 + 65535 + 1 + 3001 * 16);
	ring_close(&r);
}

/*
 * The number of ids between tail and head may be anything; no more than the ring holds are
 * asked for.
 */
TEST(hostile_ids)
{
	static const uint64_t ids[] = { 0, 1, ~0ull >> 2, ~0ull, 1ull << 61, 12345 };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct ring r;

		ring_open(&r, 5, 12);
		ring_add(&r, "a");
		memcpy(r.f.mem + r.l.prb + 24, &ids[i], 8);
		ring_text(&r, 0);
		ring_close(&r);
		ring_open(&r, 5, 12);
		ring_add(&r, "a");
		memcpy(r.f.mem + r.l.prb + 32, &ids[i], 8);
		ring_text(&r, 0);
		ring_close(&r);
	}
}

TEST(rings_that_are_none)
{
	static const struct {
		uint32_t off;
		uint64_t value;
		int want;
	} bad[] = {
		/* log_buf_len= ends at 2 GiB of text, with a descriptor for each 32 bytes */
		{ 0, 26, 0 },
		{ 0, 27, -ENODATA },
		{ 48, 31, 0 },
		{ 48, 32, -ENODATA },
		{ 0, 0, -ENODATA },
		{ 0, 60, -ENODATA },
		{ 0, 0xffffffff, -ENODATA }, /* count_bits */
		{ 48, 0, -ENODATA },
		{ 48, 3, -ENODATA },
		{ 48, 40, -ENODATA }, /* size_bits */
		{ 8, 0, 0 },
		{ 8, ~0ull - 10, 0 },
		{ 16, 0x1000, 0 },
		{ 56, 0, 0 }, /* the three arrays */
		{ 56, ~0ull, 0 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ring r;

		ring_open(&r, 5, 12);
		ring_add(&r, "a");
		memcpy(r.f.mem + r.l.prb + bad[i].off, &bad[i].value, 8);
		CHECK_STR(ring_text(&r, bad[i].want), "");
		ring_close(&r);
	}
}

TEST(ring_that_cannot_be_reached)
{
	static const char *const keys[] = {
		"SYMBOL(prb)",
		"SIZE(printk_ringbuffer)",
		"OFFSET(printk_ringbuffer.desc_ring)",
		"OFFSET(prb_desc_ring.head_id)",
		"SIZE(prb_desc)",
		"OFFSET(prb_desc.state_var)",
		"OFFSET(prb_data_blk_lpos.next)",
		"SIZE(printk_info)",
		"OFFSET(printk_info.text_len)",
		"OFFSET(atomic_long_t.counter)",
		"SYMBOL(init_top_pgt)",
	};
	struct ring r;
	uint64_t none = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		ring_open(&r, 5, 12);
		ring_add(&r, "a");
		fake_info_drop(&r.f, keys[i]);
		ring_text(&r, -ENODATA);
		CHECK_EQ(r.out.puts, 0);
		ring_close(&r);
	}
	/* the pointer leads nowhere */
	ring_open(&r, 5, 12);
	memcpy(r.f.mem + r.l.prb - 0x40, &none, 8);
	ring_text(&r, -ENODATA);
	ring_close(&r);
}

/* Sizes and offsets that would lead outside of what is read. */
TEST(impossible_layouts)
{
	static const char *const lines[] = {
		"OFFSET(prb_desc.state_var)=17",
		"OFFSET(prb_desc.state_var)=504",
		"SIZE(prb_desc)=8",
		"SIZE(prb_desc)=0",
		"SIZE(prb_desc)=513",
		"SIZE(printk_info)=17",
		"SIZE(printk_info)=1000",
		"SIZE(printk_ringbuffer)=15",
		"SIZE(printk_ringbuffer)=513",
		"OFFSET(prb_data_ring.data)=460",
		"OFFSET(printk_info.text_len)=87",
		"OFFSET(printk_ringbuffer.desc_ring)=1000000",
		"OFFSET(prb_desc.text_blk_lpos)=1048576",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char key[64];
		struct ring r;

		ring_open(&r, 5, 12);
		ring_add(&r, "a");
		snprintf(key, sizeof(key), "%.*s", (int)(strchr(lines[i], '=') - lines[i]),
			 lines[i]);
		/* the keys stand in one block of lines */
		fake_info_drop(&r.f, key);
		fake_info_add(&r.f, lines[i]);
		ring_text(&r, -ENODATA);
		ring_close(&r);
	}
}

TEST(sink_errors_come_back)
{
	struct ring r;

	ring_open(&r, 5, 12);
	ring_add(&r, "a");
	fake_finish(&r.f);
	memsink_open(&r.out, true);
	r.out.fail_put = 1;
	CHECK_EQ(crash_open(r.f.path, &r.core), 0);
	CHECK_EQ(dmesg_save(&r.core.kmem, &r.core.info, &r.out.base, &r.stats), -ENOSPC);
	ring_close(&r);
}

/* Bytes of the log beyond the buffer of 64 KiB are put in pieces, in order. */
TEST(long_log_in_pieces)
{
	static char text[3000];
	struct ring r;

	memset(text, 'y', sizeof(text));
	ring_open(&r, 7, 18);
	for (int i = 0; i < 80; i++)
		fakelog_add(&r.l, text, sizeof(text));
	ring_text(&r, 0);
	CHECK_EQ(r.out.len, 80 * (15 + 3000 + 1));
	CHECK(r.out.puts > 1 && !r.out.jumps);
	ring_close(&r);
}

#define CLEAR_SEQ (FAKE_IMAGE_PA + 0xa00)

/* A ring of three records, numbered 0 to 2, and what the kernel tells about the last clearing. */
static void cleared_open(struct ring *r, const char *layout, uint64_t first, uint64_t second)
{
	static const char *const texts[] = { "one", "two", "three" };
	char line[64];

	ring_open(r, 5, 12);
	for (unsigned i = 0; i < 3; i++) {
		ring_add(r, texts[i]);
		memcpy(fakelog_info(&r->l, r->l.head_id), &(uint64_t){ i }, sizeof(uint64_t));
	}
	memcpy(r->f.mem + CLEAR_SEQ, &first, sizeof(first));
	memcpy(r->f.mem + CLEAR_SEQ + 8, &second, sizeof(second));
	fake_info_add(&r->f, "OFFSET(printk_info.seq)=0");
	if (layout)
		fake_info_add(&r->f, layout);
	snprintf(line, sizeof(line), "SYMBOL(clear_seq)=%llx",
		 (unsigned long long)(FAKE_IMAGE_VA + CLEAR_SEQ - FAKE_IMAGE_PA));
	fake_info_add(&r->f, line);
	ring_text(r, 0);
}

static void expect_from(struct ring *r, uint64_t from, uint64_t records)
{
	struct dmesg_stats stats;
	struct memsink out;
	uint64_t got = 99;

	memsink_open(&out, true);
	CHECK_EQ(dmesg_cleared(&r->core.kmem, &r->core.info, &got), 0);
	CHECK_EQ(got, from);
	CHECK_EQ(dmesg_save_from(&r->core.kmem, &r->core.info, got, &out.base, &stats), 0);
	CHECK_EQ(stats.records, records);
	memsink_close(&out);
	ring_close(r);
}

TEST(log_since_it_was_cleared)
{
	struct ring r;

	/* one number, and behind it something else */
	cleared_open(&r, NULL, 2, 7);
	expect_from(&r, 2, 1);
	cleared_open(&r, NULL, 0, 7);
	expect_from(&r, 0, 3);
	cleared_open(&r, NULL, 3, 0);
	expect_from(&r, 3, 0);
	/* latched: of two copies the second may be the old one */
	cleared_open(&r, "OFFSET(latched_seq.val)=0", 1, 1);
	expect_from(&r, 1, 2);
	cleared_open(&r, "OFFSET(latched_seq.val)=0", 2, 1);
	expect_from(&r, 2, 1);
}

TEST(kernels_that_do_not_tell_when_their_log_was_cleared)
{
	struct ring r;
	uint64_t got = 5;

	ring_open(&r, 5, 12);
	ring_add(&r, "one");
	ring_text(&r, 0);
	CHECK_EQ(dmesg_cleared(&r.core.kmem, &r.core.info, &got), -ENODATA);
	ring_close(&r);
	cleared_open(&r, "OFFSET(latched_seq.val)=1000000", 1, 1);
	CHECK_EQ(dmesg_cleared(&r.core.kmem, &r.core.info, &got), -EFAULT);
	CHECK_EQ(got, 5);
	/* numbers that are not there end no log */
	fake_info_drop(&r.f, "OFFSET(printk_info.seq)");
	crash_close(&r.core);
	memsink_close(&r.out);
	CHECK(strstr(ring_text(&r, 0), "one"));
	CHECK_EQ(dmesg_cleared(&r.core.kmem, &r.core.info, &got), -ENODATA);
	ring_close(&r);
}
