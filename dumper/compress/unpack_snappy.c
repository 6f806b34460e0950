/* SPDX-License-Identifier: MIT */
/*
 * Pages packed with snappy, unpacked. Our own, as the library is C++ and would bring its run time
 * with it; written after snappy's format_description.txt. A page is one raw block, not the framing
 * format: the size of the content, then elements, each of which begins with a tag.
 */
#include <errno.h>

#include "dumper/compress/compress_codec.h"
#include "dumper/compress/unpack.h"
#include "dumper/format/kdump_format.h"
#include "lib/bytes.h"

enum tag { TAG_LITERAL, TAG_COPY1, TAG_COPY2, TAG_COPY4 }; /* the lowest two bits */

#define LITERAL_SHORT 60u /* from here on the length is in the 1 to 4 bytes that follow */

/* Seven bits each, the lowest first; the highest bit says that another follows. */
static bool varint(struct unpack *u, uint32_t *ret)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 35; shift += 7) {
		uint8_t byte = 0;

		if (!unpack_byte(u, &byte))
			return false;
		n |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = (uint32_t)n;
			return n <= UINT32_MAX;
		}
	}
	return false;
}

/* 1 to 4 bytes, the lowest first. */
static bool number(struct unpack *u, unsigned bytes, size_t *ret)
{
	const uint8_t *p = unpack_take(u, bytes);

	*ret = 0;
	for (unsigned i = 0; p && i < bytes; i++)
		*ret |= (size_t)p[i] << 8 * i;
	return p;
}

static bool element(struct unpack *u)
{
	size_t len, offset;
	uint8_t tag;

	if (!unpack_byte(u, &tag))
		return false;
	len = tag >> 2;
	switch ((enum tag)(tag & 3)) {
	case TAG_LITERAL:
		if (len >= LITERAL_SHORT && !number(u, (unsigned)(len - LITERAL_SHORT) + 1, &len))
			return false;
		return unpack_literals(u, len + 1);
	case TAG_COPY1:
		return number(u, 1, &offset) &&
		       unpack_again(u, (size_t)(tag >> 5) << 8 | offset, 4u + (len & 7));
	case TAG_COPY2:
		return number(u, 2, &offset) && unpack_again(u, offset, len + 1);
	case TAG_COPY4:
		return number(u, 4, &offset) && unpack_again(u, offset, len + 1);
	}
	return false;
}

static int snappy_unpack(struct decompressor *d, const void *src, size_t n, void *dst, size_t bytes)
{
	struct unpack u;
	uint32_t size = 0;
	bool good;

	(void)d;
	unpack_init(&u, src, n, dst, bytes);
	good = varint(&u, &size) && size == bytes;
	while (good && u.in < u.in_end)
		good = element(&u);
	return good && unpack_done(&u) ? 0 : -EBADMSG;
}

const struct unpacker unpacker_snappy = {
	.flag = KDUMP_SNAPPY,
	.page = snappy_unpack,
};
