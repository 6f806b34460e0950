/* SPDX-License-Identifier: MIT */
/*
 * Fuzzer: a byte that chooses codec and page size, then a packed page. What comes out has no byte
 * beyond its page, and comes out again.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/compress/compress.h"
#include "dumper/format/kdump_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct decompressor d;
	static uint8_t once[65536], again[65536];
	uint32_t flag;
	size_t bytes;
	uint8_t *page;
	int r;

	if (!d.zlib)
		must(!decompress_open(&d));
	if (!size)
		return 0;
	flag = data[0] & 1 ? KDUMP_LZO : KDUMP_SNAPPY;
	/* small ones too: to fill a page takes long inputs */
	bytes = 16u << (data[0] >> 1) % 13;
	page = malloc(bytes);
	must(page != NULL);
	r = decompress_page(&d, flag, data + 1, size - 1, page, bytes);
	if (!r)
		memcpy(once, page, bytes);
	free(page);
	must(decompress_page(&d, flag, data + 1, size - 1, again, bytes) == r);
	must(r || !memcmp(once, again, bytes));
	return 0;
}
