/* SPDX-License-Identifier: MIT */
/*
 * Whole dumps pass; each kind of damage is found and named.
 */
#include "dumper/cmd/verify.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/fakedump.h"
#include "tests/unit/test.h"

static int verify(const char *path, struct verify_result *ret)
{
	int r = verify_dump(&path, 1, NULL, ret);

	CHECK_EQ(r != 0, ret->first[0] != 0);
	CHECK_EQ(r != 0, ret->errors != 0);
	return r;
}

static int verify_bytes(const struct fakedump_bytes *b, struct verify_result *ret)
{
	char path[40];
	int fd = fakedump_file(b, path), r = verify(path, ret);

	close(fd);
	return r;
}

static void make(struct fakedump *d, enum fakedump_layout layout)
{
	fakedump_open(d, 12, 3100);
	fakedump_pages(d, 0, 1, FAKEDUMP_ZSTD);
	fakedump_pages(d, 1, 5, FAKEDUMP_RAW);
	fakedump_pages(d, 20, 9, FAKEDUMP_ZSTD);
	fakedump_pages(d, 29, 2, FAKEDUMP_SAME);
	fakedump_pages(d, 31, 3, FAKEDUMP_LOST);
	fakedump_pages(d, 40, 10, FAKEDUMP_ZERO);
	fakedump_pages(d, 100, 4, FAKEDUMP_ZLIB);
	fakedump_ram(d, 200, 50);
	fakedump_write(d, layout);
}

TEST(whole_dumps)
{
	for (unsigned i = 0; i < 4; i++) {
		struct fakedump_bytes flat;
		struct verify_result ret;
		struct fakedump d;

		make(&d, i & 1 ? FAKEDUMP_TAIL : FAKEDUMP_CLASSIC);
		fakedump_flatten(&flat, &d.file, 5000, false);
		CHECK_EQ(i & 2 ? verify_bytes(&flat, &ret) : verify(d.path, &ret), 0);
		CHECK_STR(ret.format, "kdump");
		CHECK_STR(ret.wrapping ? ret.wrapping : "", i & 2 ? "flattened" : "");
		CHECK_EQ(ret.pages_ram, 34 + 50);
		CHECK_EQ(ret.pages, 34);
		CHECK_EQ(ret.pages_lost, 3);
		CHECK_EQ(ret.pages_shared, 11);
		/* zero page and the chunks of pages: two sums each; a spill has one */
		CHECK_EQ(ret.checksums, i & 1 ? 2 * 6 + 1 : 0);
		fakedump_free(&flat);
		fakedump_close(&d);
	}
}

/* A chunked file has a sum over each byte of its data, but for copies of the index. */
TEST(each_byte_of_the_chunks)
{
	struct verify_result ret;
	const uint8_t *spill;
	struct fakedump d;
	size_t end;

	make(&d, FAKEDUMP_TAIL);
	spill = memmem(d.file.p, d.file.len, "spilled tokens", 14);
	for (end = d.ram_off; !d.file.p[end - 1]; end--)
		;
	for (size_t at = d.data_off; at < end; at += at % 4096 < 200 ? 1 : 61) {
		if (d.file.p + at >= spill && d.file.p + at < spill + 14)
			continue;
		d.file.p[at] ^= 4;
		/* the sixth byte is the first of a magic: a file without chunks is none of ours */
		CHECK_EQ(verify_bytes(&d.file, &ret), at < d.data_off + 8 ? 0 : -EBADMSG);
		d.file.p[at] ^= 4;
	}
	fakedump_close(&d);
}

TEST(damage_is_named)
{
	static const struct {
		uint64_t off;
		uint32_t size, flags;
		const char *word;
	} cases[] = {
		{ 1 << 30, 100, 0x20, "page frame 0: its 100 bytes at offset 1073741824" },
		{ 4096, 100, 0x20, "points into the headers" },
		{ 0x2000, 100, 0x20, "points into the headers" },
		{ 0x3000, 4096, 0, "points into the headers" },
		{ 0x6000, 100, 0x20, "do not unpack" },
		{ 0x6000, 100, 4, "do not unpack" },
		{ 0x6000, 100, 64, "a way this program does not know" },
		{ 0x6000, 100, 0, "do not unpack" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct verify_result ret;
		struct fakedump d;

		make(&d, FAKEDUMP_CLASSIC);
		memcpy(d.file.p + d.desc_off, &cases[i], 16);
		CHECK_EQ(verify_bytes(&d.file, &ret), -EBADMSG);
		CHECK(strstr(ret.first, cases[i].word) != NULL);
		if (!strstr(ret.first, cases[i].word))
			puts(ret.first);
		fakedump_close(&d);
	}
}

TEST(cut_anywhere)
{
	for (unsigned i = 0; i < 4; i++) {
		struct fakedump_bytes flat;
		struct verify_result ret;
		struct fakedump d;
		size_t whole;

		make(&d, i & 1 ? FAKEDUMP_TAIL : FAKEDUMP_CLASSIC);
		fakedump_flatten(&flat, &d.file, 5000, false);
		if (!(i & 2)) {
			fakedump_free(&flat);
			fakedump_put(&flat, d.file.p, d.file.len);
		}
		whole = flat.len;
		for (flat.len = 0; flat.len < whole; flat.len += flat.len < 100 ? 5 : 499)
			CHECK(verify_bytes(&flat, &ret) < 0);
		flat.len = whole - 1;
		CHECK(verify_bytes(&flat, &ret) < 0);
		flat.len = whole;
		CHECK_EQ(verify_bytes(&flat, &ret), 0);
		fakedump_free(&flat);
		fakedump_close(&d);
	}
}

TEST(parts)
{
	const char *paths[2];
	struct verify_result ret;
	struct fakedump d[2];

	for (unsigned i = 0; i < 2; i++) {
		fakedump_open(&d[i], 12, 3100);
		fakedump_pages(&d[i], 0, 50, FAKEDUMP_ZSTD);
		d[i].split = true;
		d[i].start = i ? 20 : 0;
		d[i].end = i ? 3100 : 20;
		fakedump_write(&d[i], FAKEDUMP_TAIL);
		paths[i] = d[i].path;
	}
	CHECK_EQ(verify_dump(paths, 2, NULL, &ret), 0);
	CHECK_EQ(ret.parts, 2);
	CHECK_EQ(ret.pages, 50);
	CHECK_EQ(verify_dump(paths, 1, NULL, &ret), -EBADMSG);
	CHECK(strstr(ret.first, "parts") != NULL);
	fakedump_close(&d[0]);
	fakedump_close(&d[1]);
	CHECK_EQ(verify("/nonexistent", &ret), -ENOENT);
}

static uint64_t last_done;

static void count(void *ctx, uint64_t done, uint64_t total)
{
	CHECK(done >= last_done && done <= total);
	last_done = done;
	++*(unsigned *)ctx;
}

TEST(cores)
{
	struct verify_options opt = { count, &(unsigned){ 0 } };
	struct fakedump_bytes core, b;
	struct verify_result ret;
	static struct fake f;
	const char *path = f.path;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12, .ram_bytes = 4 << 20 });
	fake_finish(&f);
	f.mem[(4 << 20) - 1] = 1;
	core = (struct fakedump_bytes){ f.file, f.file_len, 0 };
	CHECK_EQ(verify_dump(&path, 1, &opt, &ret), 0);
	CHECK_EQ(last_done, ret.pages_ram);
	CHECK_STR(ret.format, "ELF core");
	CHECK_EQ(ret.pages, 1024);
	core.len -= 100;
	CHECK_EQ(verify_bytes(&core, &ret), -EBADMSG);
	core.len += 100;
	/* zstd frames: the last byte of a frame is its checksum's */
	fakedump_zst(&b, &core, 1000000, true, true);
	CHECK_EQ(verify_bytes(&b, &ret), 0);
	CHECK_EQ(ret.bytes, f.file_len);
	CHECK_EQ(ret.checksums, 5);
	b.p[b.len - 57 - 2] ^= 1;
	CHECK_EQ(verify_bytes(&b, &ret), -EBADMSG);
	CHECK(strstr(ret.first, "zstd frames") != NULL);
	b.p[b.len - 57 - 2] ^= 1;
	b.len -= 60;
	CHECK_EQ(verify_bytes(&b, &ret), -EBADMSG);
	fakedump_free(&b);
	/* a stream that never got some of the memory */
	fakedump_flatten(&b, &core, 4096, false);
	CHECK_EQ(verify_bytes(&b, &ret), -EBADMSG);
	CHECK(strstr(ret.first, "never written") != NULL);
	fakedump_free(&b);
	memset(f.mem, 1, 4 << 20);
	fakedump_flatten(&b, &core, 65536, false);
	CHECK_EQ(verify_bytes(&b, &ret), 0);
	/* and one whose last record lies further on than could ever be read */
	b.len -= 16;
	fakedump_put(&b,
		     "\x10\0\0\0\0\0\0\0"
		     "\0\0\0\0\0\0\0\1"
		     "x",
		     17);
	fakedump_put(&b,
		     "\xff\xff\xff\xff\xff\xff\xff\xff"
		     "\xff\xff\xff\xff\xff\xff\xff\xff",
		     16);
	CHECK_EQ(verify_bytes(&b, &ret), 0);
	fakedump_free(&b);
	fake_close(&f);
}
