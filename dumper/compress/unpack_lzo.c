/* SPDX-License-Identifier: MIT */
/*
 * Pages packed with LZO1X, unpacked. Our own, as the library (liblzo2) is under the GPL and a build
 * with it would be too; written after the format's description in the kernel's
 * Documentation/staging/lzo.rst, and no more than a reader of dumps needs: no run-length extension,
 * no streaming.
 *
 * A block is a row of instructions. Each copies some bytes of the output again, or some of the input
 * as they are (literals); up to three more literals may follow, which the next instruction's meaning
 * depends on (the state).
 */
#include <errno.h>

#include "dumper/compress/compress_codec.h"
#include "dumper/compress/unpack.h"
#include "dumper/format/kdump_format.h"
#include "lib/bytes.h"

#define AFTER_LITERALS 4      /* the state after a run of literals; 0 to 3: so many followed */
#define FAR	       16384u /* the distance of instructions 16 to 31 begins behind it */

struct match {
	size_t len, distance;
	unsigned state; /* literals that follow */
};

/* Bits of a length that are all zero go on in bytes: each zero is 255, the first other one ends it. */
static bool long_length(struct unpack *u, size_t base, size_t *ret)
{
	uint8_t byte;

	do {
		if (!unpack_byte(u, &byte))
			return false;
		base += byte ? byte : 255;
	} while (!byte);
	*ret = base;
	return true;
}

/* 16 to 63: the distance is a word, whose lowest two bits are the state. */
static bool word_match(struct unpack *u, uint8_t op, struct match *ret)
{
	uint8_t mask = op & 32 ? 31 : 7;
	const uint8_t *word;

	ret->len = 2u + (op & mask);
	if (!(op & mask) && !long_length(u, 2u + mask, &ret->len))
		return false;
	word = unpack_take(u, 2);
	if (!word)
		return false;
	ret->distance = (size_t)get_le16(word) >> 2;
	ret->distance += op & 32 ? 1 : FAR + (op & 8 ? FAR : 0);
	ret->state = word[0] & 3;
	return true;
}

/* 64 to 255, and 0 to 15 behind literals: the distance is a few bits and a byte. */
static bool byte_match(struct unpack *u, uint8_t op, unsigned state, struct match *ret)
{
	uint8_t high;

	if (!unpack_byte(u, &high))
		return false;
	ret->state = op & 3;
	if (op >= 64) {
		ret->len = op >= 128 ? 5u + (op >> 5 & 3) : 3u + (op >> 5 & 1);
		ret->distance = ((size_t)high << 3) + (op >> 2 & 7) + 1;
		return true;
	}
	ret->len = state == AFTER_LITERALS ? 3 : 2;
	ret->distance = ((size_t)high << 2) + (op >> 2) + (state == AFTER_LITERALS ? 2049 : 1);
	return true;
}

/* The first byte alone may say that literals come, with their number. */
static bool first_literals(struct unpack *u, unsigned *state)
{
	uint8_t op;

	if (u->in == u->in_end || *u->in <= 17)
		return true;
	unpack_byte(u, &op);
	*state = op - 17 < AFTER_LITERALS ? op - 17u : AFTER_LITERALS;
	return unpack_literals(u, op - 17u);
}

/* One instruction; *end: it was the one that ends the block. */
static bool instruction(struct unpack *u, unsigned *state, bool *end)
{
	struct match m;
	uint8_t op;

	if (!unpack_byte(u, &op))
		return false;
	if (op < 16 && !*state) {
		m.len = 3u + op;
		*state = AFTER_LITERALS;
		return (op || long_length(u, 18, &m.len)) && unpack_literals(u, m.len);
	}
	if (op < 16 || op >= 64 ? !byte_match(u, op, *state, &m) : !word_match(u, op, &m))
		return false;
	*state = m.state;
	*end = op >= 16 && op < 32 && m.distance == FAR;
	return *end || (unpack_again(u, m.distance, m.len) && unpack_literals(u, m.state));
}

static int lzo_unpack(struct decompressor *d, const void *src, size_t n, void *dst, size_t bytes)
{
	struct unpack u;
	unsigned state = 0;
	bool end = false, good;

	(void)d;
	unpack_init(&u, src, n, dst, bytes);
	good = first_literals(&u, &state);
	while (good && !end)
		good = instruction(&u, &state, &end);
	return good && unpack_done(&u) ? 0 : -EBADMSG;
}

const struct unpacker unpacker_lzo = {
	.flag = KDUMP_LZO,
	.page = lzo_unpack,
};
