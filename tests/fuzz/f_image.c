/* SPDX-License-Identifier: MIT */
/*
 * Fuzzer: the input is a dump in any format and wrapping. It is opened as it is and as a damaged
 * one, its pages are read in each way, it is verified, and taken apart as a stream.
 *
 * A dump begins at a few pages, inputs are shorter. So the first byte says what follows: its two
 * lower bits 0: the file; 1: pieces of the file, each a u16 (offset), a u8 (length) and the bytes;
 * 2: the records of a flattened stream. Bit 2: the sums in the heads of chunks are put right.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dumper/cmd/unflatten.h"
#include "dumper/cmd/verify.h"
#include "dumper/format/kdump_format.h"
#include "dumper/kernel/crash.h"
#include "dumper/read/vmcore.h"
#include "lib/bits.h"
#include "lib/bytes.h"
#include "lib/hash.h"
#include "lib/io.h"
#include "tests/fuzz/file.h"

#define FILE_ROOM (65536u + 256)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must(good) must_at(good, __LINE__)

static void must_at(int good, int line)
{
	if (good)
		return;
	fprintf(stderr, "f_image.c:%d\n", line);
	abort();
}

/*
 * What a window gives is what vmcore_read gives, and only frames with data give something. Few
 * pages, but more than UNPACK_RECENT: without an index each question walks through the chunks.
 */
static void read_pages(const struct vmcore *v)
{
	static uint8_t buf[2 * 65536], same[65536];
	size_t page = 1ul << v->page_shift;
	uint64_t ram[16], data[16], pfn = vmcore_next_ram(v, 0), base = UINT64_MAX;
	struct vmcore_window w;

	must(!vmcore_window_init(&w, v, 1 << 20, buf, 2 * page));
	for (int i = 0; i < 10 && pfn != UINT64_MAX; i++) {
		size_t len = 2 * page;
		const uint8_t *p;
		unsigned at;
		int r;

		if (base == UINT64_MAX) {
			base = pfn;
			vmcore_ram_bits(v, base, 1024, ram, data);
			must(ram[0] & 1);
		}
		at = (unsigned)(pfn - base);
		p = vmcore_window_get(&w, pfn << v->page_shift, &len);
		must(len == page || (p && len == 2 * page));
		must(bits_test(data, at) || !p);
		r = vmcore_read(v, pfn << v->page_shift, same, page);
		/* chunks that hold the same page are a writer's lie: either may win */
		if (!r && !v->recovered)
			must(p && !memcmp(p, same, page));
		at = bits_next(ram, at + 1, 1024, 1);
		pfn = at < 1024 ? base + at : vmcore_next_ram(v, base + 1024);
		base = at < 1024 ? base : UINT64_MAX;
	}
	vmcore_window_close(&w);
}

static void check_ram(const struct vmcore *v)
{
	uint64_t ram[16], data[16], pfn = vmcore_next_ram(v, 0), end = vmcore_end(v), some = 0;
	struct vmcore_range g = { 0 };

	must((pfn == UINT64_MAX) == !end);
	must(end <= 1ull << VMCORE_MAX_PHYS_BITS);
	must((pfn == UINT64_MAX) == !vmcore_ram_pages(v));
	for (int i = 0; i < 2 && vmcore_next_range(v, g.end, &g); i++) {
		must(g.end > g.pa && g.end <= end);
		some += (g.end - g.pa) >> v->page_shift;
	}
	must(v->format == VMCORE_ELF || some <= vmcore_ram_pages(v));
	if (pfn == UINT64_MAX)
		return;
	vmcore_ram_bits(v, pfn, 1000, ram, data);
	must(ram[0] & 1);
	for (int i = 0; i < 16; i++)
		must(!(data[i] & ~ram[i]));
	must(!(ram[15] >> (1000 - 960)));
	must(bits_count(ram, 1000) <= vmcore_ram_pages(v));
}

static int nothing_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	(void)s, (void)buf;
	must(len && off + len > off && off + len <= INT64_MAX);
	return 0;
}

/*
 * Returns whether there was an index. same: there was one before, and what is read through it was
 * compared then.
 */
static bool open_dump(const char *path, unsigned flags, bool same)
{
	static struct crash core;
	bool indexed = false;

	if (crash_open_set(&path, 1, flags, &core)) {
		must(core.why[0] != '\0');
	} else {
		indexed = !core.vmcore.recovered;
		check_ram(&core.vmcore);
		if (!same || !indexed)
			read_pages(&core.vmcore);
	}
	crash_close(&core);
	return indexed;
}

/* The file's bytes; returns how many. */
static size_t build(uint8_t *file, uint8_t kind, const uint8_t *data, size_t size)
{
	static const char flat[24] = "makedumpfile\0\0\0\0\0\0\0\0\0\0\0\1";
	size_t end = 0;

	memset(file, 0, FILE_ROOM);
	if ((kind & 3) != 1) {
		size_t at = kind & 2 ? 4096 : 0;

		if (at) {
			memcpy(file, flat, sizeof(flat));
			file[31] = 1;
		}
		size = size < FILE_ROOM - at ? size : FILE_ROOM - at;
		memcpy(file + at, data, size);
		return at + size;
	}
	while (size > 3) {
		size_t at = get_le16(data), n = data[2] < size - 3 ? data[2] : size - 3;

		memcpy(file + at, data + 3, n);
		end = at + n > end ? at + n : end;
		data += 3 + n;
		size -= 3 + n;
	}
	return end;
}

/* Otherwise no input would ever get behind them. */
static void right_sums(uint8_t *file, size_t size)
{
	uint8_t *p = file, *end = file + size;

	while ((p = memmem(p, (size_t)(end - p), KDUMP_CHUNK_MAGIC, 8))) {
		struct kdump_chunk h;
		size_t left = (size_t)(end - p);

		if (left < sizeof(h))
			break;
		memcpy(&h, p, sizeof(h));
		left -= sizeof(h);
		if (h.data_bytes <= left && h.n_tokens <= (left - h.data_bytes) / 2) {
			const uint8_t *bytes = p + sizeof(h);

			h.head_sum = hash_two(p, offsetof(struct kdump_chunk, head_sum),
					      bytes + h.data_bytes, h.n_tokens * 2ul);
			h.data_sum = hash_bytes(bytes, h.data_bytes);
			memcpy(p, &h, sizeof(h));
		}
		p += 8;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t file[FILE_ROOM];
	struct sink nothing = { .put = nothing_put, .rewrites = true };
	static struct verify_result result;
	struct unflatten_stats stats;
	static int fd = -1;
	static char name[40];
	const char *path, *why;
	uint8_t kind;
	bool indexed;
	int r;

	if (fd < 0) {
		fd = memfd_create("dump", MFD_CLOEXEC);
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	}
	if (!size)
		return 0;
	kind = data[0];
	size = build(file, kind, data + 1, size - 1);
	if (kind & 4)
		right_sums(file, size);
	/* what is overwritten costs less than pages that are freed and had again */
	if (ftruncate(fd, (off_t)size) || io_pwrite(fd, file, size, 0))
		return 0;
	fuzz_file(file, size);
	indexed = open_dump(name, 0, false);
	open_dump(name, VMCORE_DAMAGED, indexed);
	path = name;
	r = verify_dump(&path, 1, NULL, &result);
	must(!r == !result.first[0] && !r == !result.errors);
	lseek(fd, 0, SEEK_SET);
	r = unflatten(fd, &nothing, &stats, &why);
	must(stats.bytes_in <= size && (!r || why[0]));
	return 0;
}
