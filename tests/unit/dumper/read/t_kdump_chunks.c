/* SPDX-License-Identifier: MIT */
/*
 * Chunks of dumps that were cut, with tokens that no writer makes.
 */
#include "dumper/read/kdump_chunks.h"

#include <errno.h>
#include <stddef.h>

#include "dumper/format/kdump_format.h"
#include "dumper/read/vmcore.h"
#include "lib/hash.h"
#include "tests/unit/fake/fakedump.h"
#include "tests/unit/test.h"

/* The pages of one chunk may lie as far apart as memory reaches: what lies between takes no time. */
TEST(a_chunk_of_a_cut_dump_with_a_petabyte_between_its_pages)
{
	static const uint64_t near = 39979, far = 1ull << 38;
	uint64_t end = far + 100;
	struct kdump_chunk h;
	struct fakedump d;
	struct vmcore v;
	uint8_t *p, *tokens;

	fakedump_open(&d, 12, FAKEDUMP_FRAMES);
	fakedump_pages(&d, 10, 1, FAKEDUMP_RAW);
	fakedump_pages(&d, 10 + 1 + near, 1, FAKEDUMP_RAW);
	fakedump_write(&d, FAKEDUMP_TAIL);
	memcpy(d.file.p + 4096 + 96, &end, sizeof(end)); /* max_mapnr_64 */
	d.file.len = d.ram_off;
	p = d.file.p;
	do {
		p = memmem(p + 1, (size_t)(d.file.p + d.file.len - p - 1), KDUMP_CHUNK_MAGIC, 8);
		memcpy(&h, p, sizeof(h));
	} while (h.kind != KDUMP_CHUNK_PAGES);
	tokens = p + sizeof(h) + h.data_bytes;
	p = memmem(tokens, h.n_tokens * 2ul, &near, sizeof(near));
	CHECK(p != NULL);
	memcpy(p, &far, sizeof(far));
	p = tokens - h.data_bytes - sizeof(h);
	h.head_sum = hash_two(p, offsetof(struct kdump_chunk, head_sum), tokens, h.n_tokens * 2ul);
	memcpy(p, &h, sizeof(h));
	fakedump_save(&d);
	CHECK_EQ(fakedump_vmcore(d.path, VMCORE_DAMAGED, &v), 0);
	CHECK_EQ(vmcore_ram_pages(&v), 2);
	CHECK_EQ(vmcore_next_ram(&v, 0), 10);
	CHECK_EQ(vmcore_next_ram(&v, 11), far + 11);
	CHECK_EQ(vmcore_end(&v), (far + 12) << 12);
	vmcore_close(&v);
	fakedump_close(&d);
}

/* A chunk with more tokens than any writer makes is none: each walk through one takes its time. */
TEST(a_chunk_of_too_many_tokens)
{
	static uint16_t tokens[TOKENS_CHUNK_MAX + 1]; /* zero pages */

	for (uint32_t n = TOKENS_CHUNK_MAX; n <= TOKENS_CHUNK_MAX + 1; n++) {
		struct kdump_chunk h = { .magic = KDUMP_CHUNK_MAGIC, .n_tokens = n };
		struct fakedump d;
		struct vmcore v;

		fakedump_open(&d, 12, FAKEDUMP_FRAMES);
		fakedump_write(&d, FAKEDUMP_TAIL);
		memset(d.file.p, 0, 4096);
		d.file.len = d.data_off;
		h.head_sum = hash_two(&h, offsetof(struct kdump_chunk, head_sum), tokens, n * 2ul);
		h.data_sum = hash_bytes(NULL, 0);
		fakedump_put(&d.file, &h, sizeof(h));
		fakedump_put(&d.file, tokens, n * 2ul);
		fakedump_save(&d);
		if (n > TOKENS_CHUNK_MAX) {
			CHECK_EQ(fakedump_vmcore(d.path, VMCORE_DAMAGED, &v), -ENODATA);
		} else {
			CHECK_EQ(fakedump_vmcore(d.path, VMCORE_DAMAGED, &v), 0);
			CHECK_EQ(vmcore_ram_pages(&v), n);
			vmcore_close(&v);
		}
		fakedump_close(&d);
	}
}
