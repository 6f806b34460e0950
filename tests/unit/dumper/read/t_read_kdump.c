/* SPDX-License-Identifier: MIT */
/*
 * Dumps as a source: every layout, page size and codec, parts, streams, damage.
 */
#include "dumper/read/vmcore.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dumper/format/kdump_format.h"
#include "dumper/kernel/crash.h"
#include "dumper/write/kdump_index.h"
#include "lib/hash.h"
#include "tests/unit/fake/fakedump.h"
#include "tests/unit/test.h"

/* One of each; RAM without data, and no RAM, between. */
static void each_kind(struct fakedump *d)
{
	fakedump_pages(d, 0, 1, FAKEDUMP_ZSTD);
	fakedump_pages(d, 1, 5, FAKEDUMP_RAW);
	fakedump_ram(d, 6, 10);
	fakedump_pages(d, 20, 9, FAKEDUMP_ZSTD);
	fakedump_pages(d, 29, 2, FAKEDUMP_SAME);
	fakedump_pages(d, 31, 1, FAKEDUMP_LOST);
	fakedump_pages(d, 32, 40, FAKEDUMP_ZERO);
	fakedump_pages(d, 100, 20, FAKEDUMP_ZLIB);
	fakedump_ram(d, 3000, 33);
	if (d->max_mapnr > 39000) {
		fakedump_pages(d, 32767, 2, FAKEDUMP_ZSTD);
		fakedump_pages(d, 38999, 1, FAKEDUMP_RAW);
	}
}

/* Each page through vmcore_read and through a window; returns how many could be read. */
static unsigned check_pages(const struct fakedump *d, const struct vmcore *v, bool all)
{
	static uint8_t want[65536], got[65536], buf[3 * 65536];
	size_t page = 1ul << d->shift;
	struct vmcore_window w;
	unsigned readable = 0;

	CHECK_EQ(vmcore_window_init(&w, v, 1 << 20, buf, 3 * page), 0);
	for (uint64_t pfn = 0; pfn < d->max_mapnr; pfn++) {
		bool has = d->kind[pfn] && d->kind[pfn] != FAKEDUMP_LOST &&
			   d->kind[pfn] != FAKEDUMP_LZO;
		size_t len = 2 * page;
		const uint8_t *p;
		int r;

		if (!d->kind[pfn] && pfn % 61)
			continue;
		r = vmcore_read(v, pfn << d->shift, got, page);
		p = vmcore_window_get(&w, pfn << d->shift, &len);
		CHECK(len == page || (p && len == 2 * page));
		if (!has || (!all && r)) {
			CHECK_EQ(r, -EFAULT);
			CHECK(!p);
			continue;
		}
		fakedump_content(d, pfn, want);
		CHECK_EQ(r, 0);
		CHECK(!memcmp(got, want, page));
		CHECK(p && !memcmp(p, want, page));
		readable++;
	}
	vmcore_window_close(&w);
	return readable;
}

static bool has_ram(const struct fakedump *d, uint64_t pfn)
{
	return d->ram[pfn / 8] >> pfn % 8 & 1;
}

static void check_ram(const struct fakedump *d, const struct vmcore *v)
{
	static const unsigned starts[] = { 0, 1, 63, 64, 77, 128, 32704, 32768 };
	uint64_t pages = 0, last = 0, next = UINT64_MAX;

	for (uint64_t pfn = d->max_mapnr; pfn--;) {
		next = has_ram(d, pfn) ? pfn : next;
		last = has_ram(d, pfn) && !pages ? pfn : last;
		pages += has_ram(d, pfn);
		if (pfn % 13 == 0)
			CHECK(vmcore_next_ram(v, pfn) == next);
	}
	CHECK_EQ(vmcore_ram_pages(v), pages);
	CHECK_EQ(vmcore_end(v), (last + 1) << d->shift);
	CHECK(vmcore_next_ram(v, last + 1) == UINT64_MAX);
	CHECK(vmcore_next_ram(v, UINT64_MAX) == UINT64_MAX);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		uint64_t ram[3], data[3], pfn = starts[i];

		vmcore_ram_bits(v, pfn, 170, ram, data);
		for (unsigned k = 0; k < 192; k++) {
			bool in = k < 170 && pfn + k < d->max_mapnr;

			CHECK_EQ(ram[k / 64] >> k % 64 & 1, in && has_ram(d, pfn + k));
			CHECK_EQ(data[k / 64] >> k % 64 & 1, in && d->kind[pfn + k] != 0);
		}
	}
}

static void check_words(const struct fakedump *d, const struct vmcore *v)
{
	char text[8];

	CHECK_EQ(v->format, VMCORE_KDUMP);
	CHECK_EQ(v->page_shift, d->shift);
	CHECK_EQ(v->machine, EM_X86_64);
	CHECK_EQ(v->dump_level, 17);
	CHECK_EQ(v->phys_base, 16777216);
	CHECK_EQ(vmcore_notes_read(v, 24, text, 7), 0);
	CHECK(!memcmp(text, "NUMBER(", 7));
	CHECK_EQ(vmcore_notes_read(v, v->note_len - 3, text, 4), -ENODATA);
	CHECK_EQ(vmcore_notes_read(v, ~0ull, text, 4), -ENODATA);
}

TEST(layouts_and_page_sizes)
{
	for (unsigned i = 0; i < 8; i++) {
		struct vmcore v;
		struct fakedump d;

		fakedump_open(&d, i < 4 ? 12 : i < 6 ? 14 : 16, i < 2 ? 40000 : 3100);
		each_kind(&d);
		fakedump_write(&d, i % 2 ? FAKEDUMP_TAIL : FAKEDUMP_CLASSIC);
		CHECK_EQ(fakedump_vmcore(d.path, i % 4 == 3 ? VMCORE_DAMAGED : 0, &v), 0);
		CHECK(!v.truncated && !v.recovered && !v.parts);
		CHECK_EQ(v.status, KDUMP_ZSTD);
		check_words(&d, &v);
		check_ram(&d, &v);
		CHECK_EQ(check_pages(&d, &v, true), i < 2 ? 80 : 77);
		vmcore_close(&v);
		fakedump_close(&d);
	}
}

TEST(a_codec_that_nobody_knows)
{
	struct fakedump d;
	struct vmcore v;

	fakedump_open(&d, 12, 200);
	fakedump_pages(&d, 5, 3, FAKEDUMP_ZSTD);
	fakedump_pages(&d, 8, 3, FAKEDUMP_LZO);
	fakedump_write(&d, FAKEDUMP_CLASSIC);
	memcpy(d.file.p + 424, &(uint32_t){ 0x60 }, 4);
	fakedump_save(&d);
	CHECK_EQ(fakedump_vmcore(d.path, 0, &v), 0);
	CHECK(v.codec_unknown);
	CHECK_EQ(check_pages(&d, &v, true), 3);
	vmcore_close(&v);
	fakedump_close(&d);
}

TEST(ranges)
{
	struct vmcore_range g;
	struct fakedump d;
	struct vmcore v;

	fakedump_open(&d, 12, 40000);
	fakedump_ram(&d, 3, 4);
	fakedump_pages(&d, 10, 2, FAKEDUMP_RAW);
	fakedump_ram(&d, 30000, 9000);
	fakedump_write(&d, FAKEDUMP_CLASSIC);
	CHECK_EQ(fakedump_vmcore(d.path, 0, &v), 0);
	CHECK(vmcore_next_range(&v, 0, &g) && g.pa == 0x3000 && g.end == 0x7000);
	CHECK(g.va == UINT64_MAX);
	CHECK(vmcore_next_range(&v, g.end, &g) && g.pa == 0xa000 && g.end == 0xc000);
	CHECK(vmcore_next_range(&v, g.end, &g) && g.pa == 30000 << 12 && g.end == 39000 << 12);
	CHECK(!vmcore_next_range(&v, g.end, &g));
	vmcore_close(&v);
	fakedump_close(&d);
}

TEST(parts_of_a_split_dump)
{
	static const uint64_t cuts[] = { 0, 25, 33, 110, 40000 };
	const char *paths[4], *why;
	struct fakedump d[4];
	struct vmcore v;

	for (unsigned i = 0; i < 4; i++) {
		fakedump_open(&d[i], 12, 40000);
		each_kind(&d[i]);
		d[i].split = true;
		d[i].start = cuts[i];
		d[i].end = cuts[i + 1];
		/* their page data cannot lie in another file */
		fakedump_pages(&d[i], 29, 2, FAKEDUMP_RAW);
		fakedump_write(&d[i], i % 2 ? FAKEDUMP_TAIL : FAKEDUMP_CLASSIC);
		paths[3 - i] = d[i].path;
	}
	CHECK_EQ(vmcore_open_set(paths, 4, 0, &v, &why), 0);
	CHECK_EQ(v.parts, 4);
	CHECK(!v.parts_missing && !v.truncated);
	check_words(&d[0], &v);
	check_ram(&d[0], &v);
	CHECK_EQ(check_pages(&d[0], &v, true), 80);
	vmcore_close(&v);
	/* without the second */
	paths[2] = paths[3];
	CHECK_EQ(vmcore_open_set(paths, 3, 0, &v, &why), 0);
	CHECK(v.parts_missing);
	CHECK_EQ(check_pages(&d[0], &v, false), 80 - 8 + 1);
	vmcore_close(&v);
	/* twice the same; and something else */
	paths[1] = paths[0];
	CHECK_EQ(vmcore_open_set(paths, 3, 0, &v, &why), -EINVAL);
	CHECK(why[0]);
	d[3].file.p[12 + 65] = 'x';
	fakedump_save(&d[3]);
	paths[0] = d[3].path;
	paths[1] = d[1].path;
	CHECK_EQ(vmcore_open_set(paths, 2, 0, &v, &why), -EINVAL);
	for (unsigned i = 0; i < 4; i++)
		fakedump_close(&d[i]);
}

TEST(flattened)
{
	static const size_t pieces[] = { 100, 4096, 5000, 1 << 20 };

	for (unsigned i = 0; i < 8; i++) {
		struct fakedump_bytes s;
		struct fakedump d;
		struct vmcore v;
		char path[40];
		int fd;

		fakedump_open(&d, 12, 40000);
		each_kind(&d);
		fakedump_write(&d, i % 2 ? FAKEDUMP_TAIL : FAKEDUMP_CLASSIC);
		fakedump_flatten(&s, &d.file, pieces[i / 2], i & 1);
		fd = fakedump_file(&s, path);
		CHECK_EQ(fakedump_vmcore(path, 0, &v), 0);
		CHECK(v.wrapping && !strcmp(v.wrapping, "flattened"));
		CHECK(!v.truncated);
		check_words(&d, &v);
		check_ram(&d, &v);
		CHECK_EQ(check_pages(&d, &v, true), 80);
		vmcore_close(&v);
		close(fd);
		fakedump_free(&s);
		fakedump_close(&d);
	}
}

/* What a writer leaves behind that was killed: no header; and no index either. */
TEST(a_dump_that_was_not_finished)
{
	for (unsigned i = 0; i < 4; i++) {
		struct fakedump d;
		struct vmcore v;

		fakedump_open(&d, i < 2 ? 12 : 16, 40000);
		each_kind(&d);
		d.backwards = i % 2;
		if (d.backwards)
			fakedump_pages(&d, 29, 2, FAKEDUMP_RAW);
		fakedump_write(&d, FAKEDUMP_TAIL);
		memset(d.file.p, 0, 1ul << d.shift);
		fakedump_save(&d);
		CHECK_EQ(fakedump_vmcore(d.path, 0, &v), -ENOEXEC);
		CHECK_EQ(fakedump_vmcore(d.path, VMCORE_DAMAGED, &v), 0);
		CHECK(v.truncated && v.recovered);
		check_words(&d, &v);
		/* RAM that nobody wrote down */
		memset(d.ram, 0, sizeof(d.ram));
		for (unsigned pfn = 0; pfn < d.max_mapnr; pfn++)
			if (d.kind[pfn])
				fakedump_ram(&d, pfn, 1);
		check_ram(&d, &v);
		CHECK_EQ(check_pages(&d, &v, true), 80);
		vmcore_close(&v);
		d.file.len = d.ram_off + 100;
		fakedump_save(&d);
		CHECK_EQ(fakedump_vmcore(d.path, VMCORE_DAMAGED, &v), 0);
		CHECK_EQ(check_pages(&d, &v, true), 80);
		vmcore_close(&v);
		fakedump_close(&d);
	}
}

/* Cut anywhere: an error, or pages that are right; never fewer of them from more of the file. */
static void cuts(bool tail, bool headless, bool flat)
{
	struct fakedump_bytes whole;
	unsigned before = 0;
	struct fakedump d;

	fakedump_open(&d, 12, 3100);
	each_kind(&d);
	fakedump_write(&d, tail ? FAKEDUMP_TAIL : FAKEDUMP_CLASSIC);
	if (headless)
		memset(d.file.p, 0, 4096);
	if (flat)
		fakedump_flatten(&whole, &d.file, 700, false);
	else
		whole = d.file;
	for (size_t len = 0; len <= whole.len; len += len < 600 ? 67 : 599) {
		struct fakedump_bytes part = { whole.p, len, 0 };
		struct vmcore v;
		char path[40];
		int fd = fakedump_file(&part, path);

		if (!fakedump_vmcore(path, 0, &v)) {
			check_pages(&d, &v, false);
			vmcore_close(&v);
		}
		if (!fakedump_vmcore(path, VMCORE_DAMAGED, &v)) {
			unsigned n = check_pages(&d, &v, false);

			CHECK(n >= before);
			before = n;
			vmcore_close(&v);
		} else {
			CHECK(!before);
		}
		close(fd);
	}
	CHECK(before > 70);
	if (flat)
		fakedump_free(&whole);
	fakedump_close(&d);
}

TEST(cut_anywhere)
{
	for (unsigned i = 0; i < 8; i++) {
		/* a classic file is nothing without its header, unless it is a stream */
		if (i != 2)
			cuts(i & 1, i & 2, i & 4);
	}
}

/* One chunk damaged: its pages are missing, no others. */
TEST(damaged_chunks)
{
	struct fakedump d;
	struct vmcore v;

	fakedump_open(&d, 12, 3100);
	fakedump_pages(&d, 10, 70, FAKEDUMP_ZSTD);
	fakedump_write(&d, FAKEDUMP_TAIL);
	memset(d.file.p, 0, 4096);
	for (size_t at = d.data_off, n = 0; at < d.ram_off - 48; at++) {
		if (memcmp(d.file.p + at, "KDUMPCHK", 8))
			continue;
		/* a bit of the head, and of a token, of two of them; their place is data_bytes */
		if (n == 3)
			d.file.p[at + 17] ^= 1;
		if (n == 5)
			d.file.p[at + 48 + d.file.p[at + 24] + d.file.p[at + 25] * 256 + 2] ^= 1;
		n++;
	}
	fakedump_save(&d);
	CHECK_EQ(fakedump_vmcore(d.path, VMCORE_DAMAGED, &v), 0);
	CHECK_EQ(check_pages(&d, &v, false), 70 - 2 * FAKEDUMP_CHUNK);
	vmcore_close(&v);
	fakedump_close(&d);
}

struct poke {
	unsigned at, len;
	uint64_t value;
	int want; /* of open */
};

TEST(hostile_headers)
{
	static const struct poke pokes[] = {
		{ 0, 1, 'X', -ENOEXEC },
		{ 8, 4, 0, -EBADMSG },
		{ 8, 4, 0x80000000, -EBADMSG },
		{ 428, 4, 0, -EBADMSG },
		{ 428, 4, 4095, -EBADMSG },
		{ 428, 4, 1u << 31, -EBADMSG },
		{ 428, 4, 131072, -EBADMSG },
		{ 432, 4, 0, -EBADMSG },
		{ 432, 4, ~0u, -EBADMSG },
		{ 432, 4, 0x7fffffff, -EBADMSG },
		{ 436, 4, 0, -EBADMSG },
		{ 436, 4, 1, -EBADMSG },
		{ 436, 4, ~0u, -EBADMSG },
		{ 436, 4, 0xfffffffe, -EBADMSG },
		{ 4096 + 96, 8, 0, -EBADMSG },
		{ 4096 + 96, 8, ~0ull, -EBADMSG },
		{ 4096 + 96, 8, 1ull << 40, -EBADMSG },
		{ 4096 + 96, 8, 1ull << 41, -EBADMSG },
		{ 4096 + 96, 8, 32769, -EBADMSG },
		{ 4096 + 96, 8, 32768, 0 },
		{ 4096 + 12, 4, 1, 0 },
		{ 4096 + 48, 8, ~0ull, 0 },
		{ 4096 + 56, 8, ~0ull, 0 },
		{ 4096 + 56, 8, 1 << 30, 0 },
	};

	for (size_t i = 0; i < sizeof(pokes) / sizeof(pokes[0]); i++) {
		struct fakedump d;
		struct vmcore v;
		int r;

		fakedump_open(&d, 12, 3100);
		each_kind(&d);
		fakedump_write(&d, FAKEDUMP_CLASSIC);
		memcpy(d.file.p + pokes[i].at, &pokes[i].value, pokes[i].len);
		fakedump_save(&d);
		r = fakedump_vmcore(d.path, 0, &v);
		if (r != pokes[i].want)
			printf("case %zu: ", i);
		CHECK_EQ(r, pokes[i].want);
		if (!r) {
			struct vmcoreinfo vi;

			vmcoreinfo_read(&v, &vi);
			vmcoreinfo_free(&vi);
			vmcore_close(&v);
		}
		if (!fakedump_vmcore(d.path, VMCORE_DAMAGED, &v))
			vmcore_close(&v);
		fakedump_close(&d);
	}
}

TEST(hostile_descriptors)
{
	static const struct {
		uint64_t off;
		uint32_t size, flags;
	} cases[] = {
		{ ~0ull, 100, 0x20 }, { 1ull << 63, 4096, 0 }, { 4096, 0, 0x20 },
		{ 4096, 0, 0 },	      { 4096, 4097, 0x20 },    { 4096, ~0u, 0x20 },
		{ 4096, 4096, 0x20 }, { 4096, 100, 0 },	       { 4096, 100, 0x80000000 },
		{ 4096, 100, ~0u },   { 4096, 100, 1 },	       { 4096, 100, 0x21 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t page[4096];
		struct fakedump d;
		struct vmcore v;

		fakedump_open(&d, 12, 3100);
		fakedump_pages(&d, 0, 2, FAKEDUMP_ZSTD);
		fakedump_write(&d, FAKEDUMP_CLASSIC);
		memcpy(d.file.p + d.desc_off, &cases[i], 16);
		fakedump_save(&d);
		CHECK_EQ(fakedump_vmcore(d.path, 0, &v), 0);
		CHECK_EQ(vmcore_read(&v, 0, page, 4096), -EFAULT);
		CHECK_EQ(vmcore_read(&v, 4096, page, 4096), 0);
		CHECK_EQ(vmcore_read(&v, 8192, page, 1), -EFAULT);
		CHECK_EQ(vmcore_read(&v, 4095, page, 2), -EFAULT);
		CHECK_EQ(vmcore_read(&v, ~0ull, page, 2), -EFAULT);
		vmcore_close(&v);
		fakedump_close(&d);
	}
}

/* A sparse file that claims 16 TiB of RAM: neither memory nor time grows with it. */
TEST(bitmaps_of_16_tib)
{
	uint64_t max = 1ull << 32, half = max / 8, descs[3] = { 0, 4096, 0 }, ram[1], data[1];
	struct fakedump d;
	uint8_t page[4096];
	struct vmcore v;

	fakedump_open(&d, 12, 3100);
	fakedump_pages(&d, 0, 2, FAKEDUMP_RAW);
	fakedump_write(&d, FAKEDUMP_CLASSIC);
	memcpy(d.file.p + 436, &(uint32_t){ (uint32_t)(2 * half / 4096) }, 4);
	memcpy(d.file.p + 4096 + 96, &max, 8);
	d.file.len = 8192;
	fakedump_save(&d);
	descs[0] = 8192 + 2 * half + 4096;
	CHECK_EQ(ftruncate(d.fd, (off_t)descs[0] + 4096), 0);
	/* the last frame alone */
	CHECK_EQ(pwrite(d.fd, "\x80", 1, 8191 + (off_t)half), 1);
	CHECK_EQ(pwrite(d.fd, "\x80", 1, 8191 + 2 * (off_t)half), 1);
	CHECK_EQ(pwrite(d.fd, descs, 24, 8192 + 2 * (off_t)half), 24);
	CHECK_EQ(pwrite(d.fd, "page", 4, (off_t)descs[0]), 4);
	CHECK_EQ(fakedump_vmcore(d.path, 0, &v), 0);
	CHECK_EQ(vmcore_ram_pages(&v), 1);
	CHECK_EQ(vmcore_next_ram(&v, 0), max - 1);
	CHECK_EQ(vmcore_end(&v), max << 12);
	vmcore_ram_bits(&v, max - 64, 64, ram, data);
	CHECK_EQ(ram[0] >> 63, 1);
	CHECK_EQ(data[0] >> 63, 1);
	CHECK_EQ(vmcore_read(&v, (max - 1) << 12, page, 4096), 0);
	CHECK(!memcmp(page, "page", 4));
	vmcore_close(&v);
	fakedump_close(&d);
}

/* Blocks of 64 KiB as pages of 4 KiB: each frame is as its block. */
TEST(pages_smaller_than_blocks)
{
	static const unsigned starts[] = { 0, 5, 16, 90, 311, 992, 47990 };
	static uint8_t block[65536], page[4096], buf[3 * 4096];
	struct vmcore_window w;
	struct vmcore_range g;
	struct fakedump d;
	struct vmcore v;

	fakedump_open(&d, 16, 3100);
	each_kind(&d);
	fakedump_write(&d, FAKEDUMP_TAIL);
	CHECK_EQ(fakedump_vmcore(d.path, 0, &v), 0);
	v.page_shift = 12;
	CHECK_EQ(vmcore_ram_pages(&v), (16 + 52 + 20 + 33) * 16);
	CHECK_EQ(vmcore_pages_lost(&v), 16);
	CHECK_EQ(vmcore_end(&v), 3033ull << 16);
	CHECK_EQ(vmcore_next_ram(&v, 17), 17);
	CHECK_EQ(vmcore_next_ram(&v, 16 * 16), 20 * 16);
	CHECK_EQ(vmcore_next_ram(&v, 20 * 16 - 1), 20 * 16);
	CHECK(vmcore_next_ram(&v, 3033 * 16) == UINT64_MAX && vmcore_next_ram(&v, ~0ull) == ~0ull);
	CHECK(vmcore_next_range(&v, 0x100000, &g) && g.pa == 20 << 16 && g.end == 72 << 16);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		static uint64_t ram[1024], data[1024];
		unsigned n = i % 2 ? 4000 : 40000, wrong = 0;

		vmcore_ram_bits(&v, starts[i], n, ram, data);
		for (unsigned k = 0; k < n; k++) {
			unsigned b = (starts[i] + k) / 16;

			wrong += (ram[k / 64] >> k % 64 & 1) != (b < 3100 && has_ram(&d, b));
			wrong += (data[k / 64] >> k % 64 & 1) != (b < 3100 && d.kind[b]);
		}
		CHECK_EQ(wrong, 0);
	}
	CHECK_EQ(vmcore_window_init(&w, &v, 0, buf, sizeof(buf)), 0);
	for (unsigned pfn = 0; pfn < 72 * 16; pfn++) {
		bool has = d.kind[pfn / 16] && d.kind[pfn / 16] != FAKEDUMP_LOST;
		size_t len = sizeof(buf);
		const uint8_t *p = vmcore_window_get(&w, (uint64_t)pfn << 12, &len);

		CHECK_EQ(vmcore_read(&v, (uint64_t)pfn << 12, page, 4096), has ? 0 : -EFAULT);
		CHECK_EQ(p != NULL, has);
		if (!has || !p)
			continue;
		fakedump_content(&d, pfn / 16, block);
		CHECK(!memcmp(page, block + pfn % 16 * 4096, 4096) && !memcmp(p, page, 4096));
		CHECK(pfn % 16 == 15 || len >= 2 * 4096);
	}
	vmcore_window_close(&w);
	vmcore_close(&v);
	fakedump_close(&d);
}

/*
 * Where RAM ends inside a block of 64 KiB QEMU counts the whole ones (dump/dump.c: get_max_mapnr),
 * and writes the last one, too.
 */
TEST(a_last_block_that_is_not_counted)
{
	for (unsigned shift = 12; shift <= 16; shift += 4) {
		static uint8_t want[65536], got[65536];
		unsigned more = shift > 12;
		struct fakedump d;
		struct vmcore v;

		fakedump_open(&d, shift, 3106);
		each_kind(&d);
		fakedump_pages(&d, 3104, 2, FAKEDUMP_ZLIB);
		fakedump_write(&d, FAKEDUMP_CLASSIC);
		d.file.p[440] -= 1;
		d.file.p[(1ul << shift) + 96] -= 1;
		fakedump_save(&d);
		CHECK_EQ(fakedump_vmcore(d.path, 0, &v), 0);
		CHECK_EQ(vmcore_end(&v), (3105ull + more) << shift);
		CHECK_EQ(vmcore_ram_pages(&v), 16 + 52 + 20 + 33 + 1 + more);
		CHECK_EQ(vmcore_pages_lost(&v), 1);
		CHECK(!v.parts_missing && !v.truncated);
		for (uint64_t pfn = 3104; pfn < 3105 + more; pfn++) {
			fakedump_content(&d, pfn, want);
			CHECK_EQ(vmcore_read(&v, pfn << shift, got, 1ul << shift), 0);
			CHECK(!memcmp(want, got, 1ul << shift));
		}
		vmcore_close(&v);
		fakedump_close(&d);
	}
}

TEST(as_a_core)
{
	struct crash c;
	struct fakedump d;

	fakedump_open(&d, 14, 3100);
	each_kind(&d);
	fakedump_write(&d, FAKEDUMP_TAIL);
	CHECK_EQ(crash_open(d.path, &c), 0);
	CHECK_EQ(c.vmcore.page_shift, 14);
	CHECK(!(c.missing & CORE_NO_VMCOREINFO));
	crash_close(&c);
	memset(d.file.p + 12 + 4 * 65, 0, 65);
	strcpy((char *)d.file.p + 12 + 4 * 65, "sparc64");
	fakedump_save(&d);
	CHECK_EQ(crash_open(d.path, &c), 0);
	CHECK_EQ(c.vmcore.machine, 0);
	CHECK(c.missing & CORE_NO_PAGING && c.missing & CORE_NO_MEMMAP);
	CHECK(strstr(c.why, "architecture") != NULL);
	crash_close(&c);
	/* QEMU's word for every machine: the notes know better */
	strcpy((char *)d.file.p + 12 + 4 * 65, "Unknown");
	fakedump_save(&d);
	CHECK_EQ(crash_open(d.path, &c), 0);
	CHECK_EQ(c.vmcore.machine, EM_X86_64);
	crash_close(&c);
	fakedump_close(&d);
}
