/* SPDX-License-Identifier: MIT */
/*
 * The purgatory's digests against the loader's, for every length around a block, and the compiled
 * program. That it runs is shown in tests/qemu.
 */
#include "loader/arch/x86/purgatory/verify.c" /* NOLINT(bugprone-suspicious-include) */

#include "lib/sha256.h"
#include "tests/unit/test.h"

static struct purgatory_params p;

static void add(const void *data, size_t bytes)
{
	struct purgatory_region *r = &p.region[p.n++];
	char text[SHA256_TEXT];
	struct sha256 sum;

	sha256_init(&sum);
	sha256_add(&sum, data, bytes);
	sha256_text(&sum, text);
	*r = (struct purgatory_region){ .start = (uintptr_t)data, .bytes = bytes };
	memcpy(r->digest, sum.h, sizeof(r->digest));
}

TEST(every_length)
{
	static uint8_t data[300];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	for (size_t n = 0; n <= sizeof(data); n++) {
		p.n = 0;
		add(data, n);
		CHECK(!purgatory_damaged(&p));
	}
}

TEST(every_byte_counts)
{
	static uint8_t first[200], second[130];

	p.n = 0;
	add(first, sizeof(first));
	add(second, sizeof(second));
	CHECK(!purgatory_damaged(&p));
	for (size_t i = 0; i < sizeof(second); i++) {
		second[i] ^= 0x80;
		CHECK(purgatory_damaged(&p) == &p.region[1]);
		second[i] ^= 0x80;
	}
	first[199] = 1;
	CHECK(purgatory_damaged(&p) == &p.region[0]);
}

TEST(program)
{
	size_t bytes = (size_t)(purgatory_program_end - purgatory_program);

	CHECK(bytes > PURGATORY_OFFSET + PURGATORY_PARAMS_BYTES && bytes < 8192);
	/* a jump over the parameters, which are zero */
	CHECK(purgatory_program[0] == 0xe9 || purgatory_program[0] == 0xeb);
	for (size_t i = 0; i < PURGATORY_PARAMS_BYTES; i++)
		CHECK(!purgatory_program[PURGATORY_OFFSET + i]);
}
