/* SPDX-License-Identifier: MIT */
/*
 * What the decoders of our own (unpack_lzo.c, unpack_snappy.c) do with bytes: all bounds are checked
 * here. False, or NULL: the input ends there, or the output would leave its page.
 */
#ifndef DUMPER_COMPRESS_UNPACK_H
#define DUMPER_COMPRESS_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct unpack {
	const uint8_t *in, *in_end;
	uint8_t *begin, *out, *out_end;
};

static inline void unpack_init(struct unpack *u, const void *src, size_t n, void *dst, size_t bytes)
{
	*u = (struct unpack){ src, (const uint8_t *)src + n, dst, dst, (uint8_t *)dst + bytes };
}

/* All of the input was used, and all of the output is there. */
static inline bool unpack_done(const struct unpack *u)
{
	return u->in == u->in_end && u->out == u->out_end;
}

/* n bytes of the input where they lie. */
static inline const uint8_t *unpack_take(struct unpack *u, size_t n)
{
	const uint8_t *p = u->in;

	if (n > (size_t)(u->in_end - u->in))
		return NULL;
	u->in += n;
	return p;
}

static inline bool unpack_byte(struct unpack *u, uint8_t *ret)
{
	const uint8_t *p = unpack_take(u, 1);

	if (p)
		*ret = *p;
	return p;
}

/* n bytes of the input to the output. */
static inline bool unpack_literals(struct unpack *u, size_t n)
{
	const uint8_t *p = n <= (size_t)(u->out_end - u->out) ? unpack_take(u, n) : NULL;

	if (!p)
		return false;
	memcpy(u->out, p, n);
	u->out += n;
	return true;
}

/* n bytes of the output again, from distance bytes back; they may run into themselves. */
static inline bool unpack_again(struct unpack *u, size_t distance, size_t n)
{
	const uint8_t *from;

	if (!distance || distance > (size_t)(u->out - u->begin) ||
	    n > (size_t)(u->out_end - u->out))
		return false;
	from = u->out - distance;
	if (distance >= n) {
		memcpy(u->out, from, n);
		u->out += n;
		return true;
	}
	while (n--)
		*u->out++ = *from++;
	return true;
}

#endif
