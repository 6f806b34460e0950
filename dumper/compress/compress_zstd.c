/* SPDX-License-Identifier: MIT */
/*
 * zstd with parameters for one page and contexts in memory of our own: 57 KB instead of the 550 KB
 * that the library would take by itself.
 */
#include <errno.h>
#include <stdlib.h>

#include "dumper/compress/compress_codec.h"
#include "dumper/compress/compress_zstd.h"
#include "dumper/format/kdump_format.h"
#include "lib/cleanup.h"

/*
 * Our own parameters, with Huffman coding of the literals only where they weigh. That coding takes
 * a third of level 1's time; where most of a page was matched it saves next to nothing. Pages of a
 * kind lie together, so the page before decides: a result above on turns it on for the next page,
 * one not above off turns it off. Figures: time and size of a loaded guest's kept pages (-d 31) as
 * parts of the library's level 1. Between 40, 28 and 24, 16 normal's time stays within 3 % and its
 * size within 1.5 %; at 20, 14 the time rises by a tenth.
 */
static const struct own {
	ZSTD_strategy strategy;
	int min_match;
	unsigned on, off;		     /* in 64ths of a page */
} faster = { ZSTD_fast, 6, 64, 64 },	     /* 0.63, 1.06 */
	normal = { ZSTD_fast, 6, 28, 18 },   /* 0.66, 1.03 */
	smaller = { ZSTD_dfast, 4, 16, 11 }, /* 1.02, 0.96 */
	level_1 = { ZSTD_dfast, 5, 25, 16 }; /* 0.78, 0.97 */

/* Levels 0 to 2. The library's 2 takes more time than its 1 and is hardly smaller. */
static const struct own *const own_levels[] = { &normal, &level_1, &smaller };

#define OWN_BASE 1
/* Small tables stay in the cache beside the page. */
#define OWN_HASH_LOG 14

static ZSTD_compressionParameters own_params(const struct compressor *c, const struct own *own)
{
	ZSTD_compressionParameters cp = ZSTD_getCParams(OWN_BASE, c->page_bytes, 0);

	cp.strategy = own->strategy;
	cp.minMatch = (unsigned)own->min_match;
	cp.hashLog = cp.windowLog - 1 < OWN_HASH_LOG ? cp.windowLog - 1 : OWN_HASH_LOG;
	cp.chainLog = cp.hashLog;
	return cp;
}

int zstd_set_parameters(ZSTD_CCtx *z, const ZSTD_compressionParameters *cp, int level,
			bool content_size)
{
	const struct {
		ZSTD_cParameter name;
		int value;
	} set[] = {
		{ ZSTD_c_compressionLevel, level },	  { ZSTD_c_windowLog, (int)cp->windowLog },
		{ ZSTD_c_hashLog, (int)cp->hashLog },	  { ZSTD_c_chainLog, (int)cp->chainLog },
		{ ZSTD_c_minMatch, (int)cp->minMatch },	  { ZSTD_c_strategy, (int)cp->strategy },
		{ ZSTD_c_contentSizeFlag, content_size },
	};

	for (size_t i = 0; i < ARRAY_LEN(set); i++) {
		if (ZSTD_isError(ZSTD_CCtx_setParameter(z, set[i].name, set[i].value)))
			return -EINVAL;
	}
	return 0;
}

/* Each page is known to give one page: without the size of the content it takes a byte less. */
static int set_parameters(ZSTD_CCtx *z, const ZSTD_compressionParameters *cp, int level)
{
	return zstd_set_parameters(z, cp, level, false);
}

/* A page that did not shrink left its frame open, and inside a frame nothing can be set. */
static void between_frames(struct compressor *c)
{
	ZSTD_CCtx_reset(c->context, ZSTD_reset_session_only);
}

static bool code_literals(struct compressor *c, bool on)
{
	c->literals = on;
	between_frames(c);
	return !ZSTD_isError(ZSTD_CCtx_setParameter(c->context, ZSTD_c_literalCompressionMode,
						    on ? ZSTD_ps_enable : ZSTD_ps_disable));
}

static int use_own(struct compressor *c, const struct own *own)
{
	ZSTD_compressionParameters cp = own_params(c, own);

	between_frames(c);
	c->adapts = true;
	c->code_on = c->page_bytes * own->on / 64;
	c->code_off = c->page_bytes * own->off / 64;
	return set_parameters(c->context, &cp, OWN_BASE) || !code_literals(c, false) ? -EINVAL : 0;
}

static int make_context(struct compressor *c, const ZSTD_compressionParameters *cp)
{
	c->memory_bytes = ZSTD_estimateCCtxSize_usingCParams(*cp);
	if (ZSTD_isError(c->memory_bytes))
		return -EINVAL;
	c->memory_bytes = (c->memory_bytes + 63) / 64 * 64;
	c->memory = aligned_alloc(64, c->memory_bytes);
	if (!c->memory)
		return -ENOMEM;
	c->context = ZSTD_initStaticCCtx(c->memory, c->memory_bytes);
	return c->context ? 0 : -EINVAL;
}

static int zstd_open(struct compressor *c, int level)
{
	ZSTD_compressionParameters cp = ZSTD_getCParams(level, c->page_bytes, 0);
	bool own = level >= 0 && level < (int)ARRAY_LEN(own_levels);
	int r;

	/* the one that takes most */
	if (own)
		cp = own_params(c, &smaller);
	r = make_context(c, &cp);
	if (r)
		return r;
	c->switches = !level;
	return own ? use_own(c, own_levels[level]) : set_parameters(c->context, &cp, level);
}

static void zstd_speed(struct compressor *c, int speed)
{
	if (c->switches)
		use_own(c, speed < 0 ? &faster : speed > 0 ? &smaller : &normal);
}

static void zstd_close(struct compressor *c)
{
	free(c->memory);
	c->memory = NULL;
	c->context = NULL;
}

/* The next page is probably like the one that took n bytes. */
static void adapt(struct compressor *c, size_t n)
{
	bool on = n > (c->literals ? c->code_off : c->code_on);

	/* cannot fail between two pages; if it did, the coding would stay as it is */
	if (on != c->literals)
		code_literals(c, on);
}

static size_t zstd_page(struct compressor *c, const void *src, void *dst)
{
	size_t n;

	/* with room for less than a page it gives up on pages that do not shrink */
	n = ZSTD_compress2(c->context, dst, c->page_bytes - 1, src, c->page_bytes);
	if (ZSTD_isError(n))
		n = 0;
	if (c->adapts)
		adapt(c, n ? n : c->page_bytes);
	return n;
}

static int zstd_unpack_open(struct decompressor *d)
{
	size_t bytes = ZSTD_estimateDCtxSize();

	d->zstd_memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
	if (!d->zstd_memory)
		return -ENOMEM;
	d->zstd = ZSTD_initStaticDCtx(d->zstd_memory, bytes);
	return d->zstd ? 0 : -ENOMEM;
}

static int zstd_unpack(struct decompressor *d, const void *src, size_t n, void *dst, size_t bytes)
{
	return ZSTD_decompressDCtx(d->zstd, dst, bytes, src, n) == bytes ? 0 : -EBADMSG;
}

static void zstd_unpack_close(struct decompressor *d)
{
	free(d->zstd_memory);
	d->zstd_memory = NULL;
	d->zstd = NULL;
}

const struct codec codec_zstd = {
	.flag = KDUMP_ZSTD,
	.open = zstd_open,
	.page = zstd_page,
	.speed = zstd_speed,
	.close = zstd_close,
};

const struct unpacker unpacker_zstd = {
	.flag = KDUMP_ZSTD,
	.open = zstd_unpack_open,
	.page = zstd_unpack,
	.close = zstd_unpack_close,
};
