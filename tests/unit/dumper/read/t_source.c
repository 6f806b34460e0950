/* SPDX-License-Identifier: MIT */
/*
 * Files in a wrapping: flattened streams and zstd frames, whole, cut and hostile.
 */
#include "dumper/read/source.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dumper/read/vmcore.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/fakedump.h"
#include "tests/unit/test.h"

static uint64_t bad_sector = UINT64_MAX; /* a read that touches this byte of the file fails */

ssize_t pread(int fd, void *buf, size_t n, off_t off)
{
	if ((uint64_t)off <= bad_sector && bad_sector - (uint64_t)off < n) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pread64, fd, buf, n, off);
}

static int open_bytes(const struct fakedump_bytes *b, struct source *src)
{
	const char *why = NULL;
	char path[40];
	int fd = fakedump_file(b, path), r = source_open(path, src, &why);

	CHECK(why && (!r || why[0]));
	close(fd);
	return r;
}

static void pattern(struct fakedump_bytes *b, size_t n)
{
	*b = (struct fakedump_bytes){ 0 };
	fakedump_put(b, NULL, n);
	for (size_t i = 0; i < n; i++)
		b->p[i] = (uint8_t)(i % 7 ? i * 31 + i / 256 : i / 512);
}

/* Any part of it reads as the file's. */
static void check_reads(const struct source *src, const struct fakedump_bytes *want)
{
	uint8_t buf[5000];

	CHECK_EQ(src->size, want->len);
	for (size_t off = 0; off < want->len; off += 977) {
		size_t n = off % sizeof(buf) + 1;

		n = n < want->len - off ? n : want->len - off;
		CHECK_EQ(source_read(src, buf, n, off), 0);
		CHECK(!memcmp(buf, want->p + off, n));
	}
	CHECK_EQ(source_read(src, buf, 0, want->len), 0);
	CHECK_EQ(source_read(src, buf, 1, want->len), -ENODATA);
	CHECK_EQ(source_read(src, buf, 2, want->len - 1), -ENODATA);
	CHECK_EQ(source_read(src, buf, 2, ~0ull), -ENODATA);
	CHECK(source_has(src, 0, want->len));
	CHECK(!source_has(src, 1, want->len));
	CHECK_EQ(source_next_data(src, 5), 5);
	CHECK(source_next_data(src, want->len) == UINT64_MAX);
}

static void record(struct fakedump_bytes *b, uint64_t off, uint64_t len, const void *bytes,
		   size_t n)
{
	uint64_t head[2] = { __builtin_bswap64(off), __builtin_bswap64(len) };

	fakedump_put(b, head, sizeof(head));
	fakedump_put(b, bytes, n);
}

static void start(struct fakedump_bytes *b)
{
	struct fakedump_bytes nothing = { 0 };

	fakedump_flatten(b, &nothing, 1, false);
	b->len = 4096;
}

TEST(flattened_in_any_order)
{
	for (unsigned i = 0; i < 6; i++) {
		struct fakedump_bytes file, s;
		struct source src;

		pattern(&file, 30000);
		fakedump_flatten(&s, &file, i < 2 ? 1 : i < 4 ? 999 : 40000, i & 1);
		CHECK_EQ(open_bytes(&s, &src), 0);
		CHECK(!src.truncated);
		if (i >= 2)
			check_reads(&src, &file);
		source_close(&src);
		fakedump_free(&s);
		fakedump_free(&file);
	}
}

TEST(holes_are_zeros_and_no_data)
{
	struct fakedump_bytes s;
	struct source src;
	char buf[200];

	start(&s);
	record(&s, 1000, 10, "0123456789", 10);
	record(&s, 1010, 5, "abcde", 5);
	record(&s, 500, 2, "xy", 2);
	record(&s, ~0ull, ~0ull, NULL, 0);
	CHECK_EQ(open_bytes(&s, &src), 0);
	CHECK_EQ(src.size, 1015);
	CHECK_EQ(source_read(&src, buf, 17, 998), 0);
	CHECK(!memcmp(buf,
		      "\0\0"
		      "0123456789abcde",
		      17));
	CHECK_EQ(source_read(&src, buf, 200, 400), 0);
	CHECK(!buf[99] && buf[100] == 'x' && buf[101] == 'y' && !buf[102]);
	CHECK_EQ(source_next_data(&src, 0), 500);
	CHECK_EQ(source_next_data(&src, 501), 501);
	CHECK_EQ(source_next_data(&src, 502), 1000);
	CHECK(source_has(&src, 1001, 14) && !source_has(&src, 999, 2));
	CHECK(!source_has(&src, 501, 500));
	source_close(&src);
	fakedump_free(&s);
}

/* Of two records for one byte the later counts, however they lie. */
TEST(overlapping_records)
{
	uint32_t v = 7;

	for (unsigned round = 0; round < 50; round++) {
		uint8_t want[300] = { 0 }, put[300] = { 0 }, got[300], bytes[300];
		struct fakedump_bytes s;
		struct source src;
		size_t end = 0;

		start(&s);
		for (unsigned i = 0; i < 12; i++) {
			size_t off, n;

			v = v * 1664525 + 1013904223;
			off = v >> 8 & 127;
			n = (v >> 16) % 100 + 1;
			memset(bytes, (int)i + 1, sizeof(bytes));
			memset(want + off, (int)i + 1, n);
			memset(put + off, 1, n);
			end = off + n > end ? off + n : end;
			record(&s, off, n, bytes, n);
		}
		record(&s, ~0ull, ~0ull, NULL, 0);
		CHECK_EQ(open_bytes(&s, &src), 0);
		CHECK_EQ(src.size, end);
		CHECK_EQ(source_read(&src, got, end, 0), 0);
		CHECK(!memcmp(got, want, end));
		for (size_t i = 0; i < end; i++)
			CHECK_EQ(source_has(&src, i, 1), put[i]);
		source_close(&src);
		fakedump_free(&s);
	}
}

TEST(flattened_cut_anywhere)
{
	struct fakedump_bytes s;
	size_t whole;

	start(&s);
	record(&s, 100, 4, "abcd", 4);
	record(&s, 0, 3, "xyz", 3);
	record(&s, ~0ull, ~0ull, NULL, 0);
	whole = s.len;
	for (s.len = 0; s.len < whole; s.len++) {
		struct source src;
		int r = open_bytes(&s, &src);

		/* too short even for the signature: as it is */
		CHECK_EQ(r, s.len < 12 || s.len >= 32 ? 0 : -EBADMSG);
		if (r)
			continue;
		CHECK_EQ(src.truncated, s.len >= 12);
		if (s.len >= 12)
			CHECK_EQ(src.size, s.len <= 4112 ? 0 : s.len < 4116 ? s.len - 4012 : 104);
		source_close(&src);
	}
	fakedump_free(&s);
}

TEST(hostile_records)
{
	static const struct {
		uint64_t off, len;
		int want;
	} cases[] = {
		{ 0, 0, -EBADMSG },	     { ~0ull, 1, -EBADMSG },	 { 1, ~0ull, -EBADMSG },
		{ 1ull << 63, 1, -EBADMSG }, { INT64_MAX, 1, -EBADMSG }, { 1, INT64_MAX, -EBADMSG },
		{ INT64_MAX - 1, 1, 0 },     { 0, INT64_MAX, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fakedump_bytes s;
		struct source src;
		int r;

		start(&s);
		record(&s, cases[i].off, cases[i].len, "x", 1);
		record(&s, ~0ull, ~0ull, NULL, 0);
		r = open_bytes(&s, &src);
		CHECK_EQ(r, cases[i].want);
		if (!r)
			source_close(&src);
		fakedump_free(&s);
	}
	for (unsigned at = 13; at < 32; at++) {
		struct fakedump_bytes s;
		struct source src;

		start(&s);
		s.p[at] ^= 4;
		CHECK_EQ(open_bytes(&s, &src), -ENOEXEC);
		fakedump_free(&s);
	}
}

TEST(zstd_frames)
{
	for (unsigned i = 0; i < 12; i++) {
		static const size_t pieces[] = { 100, 4096, 70000 };
		struct fakedump_bytes file, z;
		struct source src;

		pattern(&file, 60000);
		fakedump_zst(&z, &file, pieces[i / 4], i & 1, i & 2);
		CHECK_EQ(open_bytes(&z, &src), 0);
		CHECK(!src.truncated && src.layer && !strcmp(src.layer->name, "zstd frames"));
		check_reads(&src, &file);
		source_close(&src);
		/* another skippable frame in front */
		z.len = 0;
		fakedump_put(&z, "\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
		CHECK_EQ(open_bytes(&z, &src), 0);
		CHECK_EQ(src.size, 0);
		source_close(&src);
		fakedump_free(&z);
		fakedump_free(&file);
	}
}

/* Cut anywhere: what is there, from its beginning on. */
TEST(zstd_frames_cut_anywhere)
{
	struct fakedump_bytes file, z;
	uint64_t before = 0;
	size_t whole;

	pattern(&file, 300000);
	fakedump_zst(&z, &file, 140000, true, true);
	whole = z.len;
	for (z.len = 4; z.len < whole; z.len += z.len < 100 ? 1 : 733) {
		static uint8_t buf[300000];
		struct source src;

		CHECK_EQ(open_bytes(&z, &src), 0);
		CHECK(src.size >= before && src.size <= file.len);
		before = src.size;
		CHECK_EQ(source_read(&src, buf, src.size, 0), 0);
		CHECK(!memcmp(buf, file.p, src.size));
		CHECK_EQ(source_read(&src, buf, 1, src.size), -ENODATA);
		source_close(&src);
	}
	CHECK(before >= 280000);
	fakedump_free(&z);
	fakedump_free(&file);
}

/* Each byte of the file changed: an error, or bytes as they were; never others. */
TEST(zstd_frames_damaged)
{
	struct fakedump_bytes file, z;

	pattern(&file, 600);
	fakedump_zst(&z, &file, 200, true, true);
	for (size_t at = 0; at < z.len; at++) {
		struct source src;
		uint8_t buf[200];

		z.p[at] ^= 0x15;
		if (!open_bytes(&z, &src)) {
			for (uint64_t off = 0; src.layer && off + 200 <= src.size && off < 600;
			     off += 200) {
				if (!source_read(&src, buf, 200, off))
					CHECK(!memcmp(buf, file.p + off, 200) || src.truncated);
			}
			source_close(&src);
		}
		z.p[at] ^= 0x15;
	}
	fakedump_free(&z);
	fakedump_free(&file);
}

TEST(one_frame_that_is_too_long)
{
	for (unsigned sized = 0; sized < 2; sized++) {
		struct fakedump_bytes file = { 0 }, z;
		struct source src;

		fakedump_put(&file, NULL, (8u << 20) + 1);
		fakedump_zst(&z, &file, file.len, false, sized);
		CHECK(open_bytes(&z, &src) < 0);
		fakedump_free(&z);
		fakedump_zst(&z, &file, file.len, true, sized);
		CHECK_EQ(open_bytes(&z, &src), sized ? -EFBIG : -EBADMSG);
		fakedump_free(&z);
		fakedump_free(&file);
	}
}

/* An entry of the table is damaged, the frames are whole: they are walked. */
TEST(zstd_frames_with_a_damaged_table)
{
	static const uint8_t sizes[][4] = {
		{ 1, 0, 0x80, 0 },
		{ 0xff, 0xff, 0xff, 0xff },
		{ 0, 0, 0x80, 0 },
		{ 0, 0, 0, 0 },
	};

	for (unsigned i = 0; i < 8; i++) {
		struct fakedump_bytes file, z;
		struct source src;

		pattern(&file, 60000);
		fakedump_zst(&z, &file, 4096, true, true);
		memcpy(z.p + z.len - 9 - 8 * 5 + (i & 1 ? 4 : 0), sizes[i / 2], 4);
		CHECK_EQ(open_bytes(&z, &src), 0);
		CHECK(!src.truncated);
		if (src.layer)
			check_reads(&src, &file);
		source_close(&src);
		fakedump_free(&z);
		fakedump_free(&file);
	}
}

/* What cannot be read is no end: not one byte of the frames' headers and of their blocks'. */
TEST(zstd_frames_that_cannot_be_read)
{
	for (unsigned i = 0; i < 4; i++) {
		struct fakedump_bytes file, z;

		pattern(&file, 600);
		fakedump_zst(&z, &file, 200, i & 1, i & 2);
		for (size_t at = 32; at < z.len; at++) {
			struct source src;
			int r;

			bad_sector = at;
			r = open_bytes(&z, &src);
			CHECK(!r || r == -EIO);
			CHECK(r || (!src.truncated && src.size == file.len));
			if (!r)
				source_close(&src);
			bad_sector = UINT64_MAX;
		}
		fakedump_free(&z);
		fakedump_free(&file);
	}
}

TEST(other_wrappings_say_what_to_do)
{
	static const char *const heads[] = { "age-encryption.org/v1\n", "\x1f\x8b\x08", "BZh9",
					     "\xfd\x37zXZ" };

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct fakedump_bytes b = { 0 };
		struct source src;

		fakedump_put(&b, heads[i], strlen(heads[i]));
		fakedump_put(&b, NULL, 100);
		CHECK_EQ(open_bytes(&b, &src), -ENOEXEC);
		fakedump_free(&b);
	}
}

/* An ELF core is the same in each of them; cut, it is as one that was cut itself. */
TEST(cores_in_a_wrapping)
{
	static struct fake f;
	uint8_t want[4096], got[4096], buf[8192];

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12, .ram_bytes = 4 << 20 });
	fake_finish(&f);
	for (uint64_t i = 0; i < 4 << 20; i += 8192)
		memcpy(f.mem + i, &i, 8);
	/* a stream is as long as its last record says */
	f.mem[(4 << 20) - 1] = 1;
	for (unsigned i = 0; i < 5; i++) {
		struct fakedump_bytes core = { f.file, f.file_len, 0 }, b;
		struct vmcore_window w;
		struct vmcore v;
		const char *why;
		char path[40];
		int fd;

		if (i < 2)
			fakedump_flatten(&b, &core, 100000, i);
		else
			fakedump_zst(&b, &core, 1000000, i == 2, true);
		b.len -= i == 4 ? 10 : 0;
		fd = fakedump_file(&b, path);
		CHECK_EQ(vmcore_open_set(&(const char *){ path }, 1, 0, &v, &why), 0);
		CHECK(v.wrapping != NULL);
		CHECK_EQ(v.truncated, i == 4);
		CHECK_EQ(v.segs[0].va, f.direct);
		vmcore_window_init(&w, &v, 1 << 20, buf, sizeof(buf));
		for (uint64_t pa = 0; pa < (i == 4 ? 3900u << 10 : 4095u << 10); pa += 4096) {
			size_t len = 8192;
			const uint8_t *p = vmcore_window_get(&w, pa, &len);

			memcpy(want, f.mem + pa, 4096);
			/* of a stream's holes nothing is known, but that they read as zeros */
			CHECK(p && !memcmp(p, want, 4096));
			CHECK_EQ(vmcore_read(&v, pa, got, 4096), 0);
			CHECK(!memcmp(got, want, 4096));
		}
		vmcore_window_close(&w);
		vmcore_close(&v);
		close(fd);
		fakedump_free(&b);
	}
	fake_close(&f);
}
