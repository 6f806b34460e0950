/* SPDX-License-Identifier: MIT */
/*
 * zstd with parameters for one page and a context in memory of our own: 74 KB instead of the 550 KB
 * that the library would take by itself.
 */
#include "dumper/compress.h"

#include <errno.h>
#include <stdlib.h>

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "dumper/kdump_format.h"
#include "lib/cleanup.h"

/*
 * Our own level: level 1 with matches from 4 bytes on, and with Huffman coding of the literals
 * only where they weigh. That coding takes 40 % of level 1's time; where most of a page was
 * matched it saves next to nothing. Pages of a kind lie together, so the page before decides: a
 * large result turns it on for the next page, a small one off. On the kept pages of a loaded
 * machine (-d 31, 1.6 GB): 0.66 of level 1's time to 1.02 of its size, with coding for 8 % of
 * the pages; level -1, which never codes literals, takes 0.63 of the time to 1.07 of the size.
 */
#define OWN_BASE	1
#define OWN_MIN_MATCH	4
#define CODING_ON(page)		((page) / 2)
#define CODING_OFF(page)	((page) * 5 / 16)

static const struct {
	const char *name;
	uint32_t flag;
} codecs[] = {
	[COMPRESS_STORED] = { "stored", 0 },
	[COMPRESS_ZSTD] = { "zstd", KDUMP_ZSTD },
};

uint32_t compress_flag(enum compress_codec codec)
{
	return codecs[codec].flag;
}

const char *compress_name(enum compress_codec codec)
{
	return codecs[codec].name;
}

static int set_parameters(ZSTD_CCtx *z, const ZSTD_compressionParameters *cp, int level)
{
	const struct {
		ZSTD_cParameter name;
		int value;
	} set[] = {
		{ ZSTD_c_compressionLevel, level },
		{ ZSTD_c_windowLog, (int)cp->windowLog },
		{ ZSTD_c_hashLog, (int)cp->hashLog },
		{ ZSTD_c_chainLog, (int)cp->chainLog },
		{ ZSTD_c_minMatch, (int)cp->minMatch },
	};

	for (size_t i = 0; i < ARRAY_LEN(set); i++) {
		if (ZSTD_isError(ZSTD_CCtx_setParameter(z, set[i].name, set[i].value)))
			return -EINVAL;
	}
	return 0;
}

static bool code_literals(struct compressor *c, bool on)
{
	c->literals = on;
	/* a page that did not shrink left its frame open, and inside a frame nothing can be set */
	ZSTD_CCtx_reset(c->context, ZSTD_reset_session_only);
	return !ZSTD_isError(ZSTD_CCtx_setParameter(c->context, ZSTD_c_literalCompressionMode,
						    on ? ZSTD_ps_enable : ZSTD_ps_disable));
}

static int zstd_open(struct compressor *c, int level)
{
	ZSTD_compressionParameters cp;
	int r;

	c->adapts = !level;
	level = level ? level : OWN_BASE;
	cp = ZSTD_getCParams(level, c->page_bytes, 0);
	if (c->adapts) {
		cp.minMatch = OWN_MIN_MATCH;
		cp.hashLog = cp.windowLog;
	}
	c->memory_bytes = ZSTD_estimateCCtxSize_usingCParams(cp);
	if (ZSTD_isError(c->memory_bytes))
		return -EINVAL;
	c->memory = aligned_alloc(64, (c->memory_bytes + 63) / 64 * 64);
	if (!c->memory)
		return -ENOMEM;
	c->context = ZSTD_initStaticCCtx(c->memory, c->memory_bytes);
	if (!c->context)
		return -EINVAL;
	r = set_parameters(c->context, &cp, level);
	if (!r && c->adapts && !code_literals(c, false))
		r = -EINVAL;
	return r;
}

int compress_open(struct compressor *c, enum compress_codec codec, int level, size_t page_bytes)
{
	int r = 0;

	*c = (struct compressor){ .codec = codec, .page_bytes = page_bytes };
	if (codec == COMPRESS_ZSTD)
		r = zstd_open(c, level);
	if (r)
		compress_close(c);
	return r;
}

void compress_close(struct compressor *c)
{
	free(c->memory);
	c->memory = NULL;
	c->context = NULL;
}

/* The next page is probably like the one that took n bytes. */
static void adapt(struct compressor *c, size_t n)
{
	bool on = n > (c->literals ? CODING_OFF(c->page_bytes) : CODING_ON(c->page_bytes));

	/* cannot fail between two pages; if it did, the coding would stay as it is */
	if (on != c->literals)
		code_literals(c, on);
}

size_t compress_page(struct compressor *c, const void *src, void *dst)
{
	size_t n;

	if (c->codec == COMPRESS_STORED)
		return 0;
	/* with room for less than a page it gives up on pages that do not shrink */
	n = ZSTD_compress2(c->context, dst, c->page_bytes - 1, src, c->page_bytes);
	if (ZSTD_isError(n))
		n = 0;
	if (c->adapts)
		adapt(c, n ? n : c->page_bytes);
	return n;
}
