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

/*
 * Level 1's ratio costs 1.6 times the CPU of level -1 for 4 % fewer bytes of 4 KiB pages; a crashed
 * machine should be back soon.
 */
#define ZSTD_DEFAULT	(-1)

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

static int zstd_open(struct compressor *c, int level)
{
	ZSTD_compressionParameters cp = ZSTD_getCParams(level, c->page_bytes, 0);
	ZSTD_CCtx *z;
	size_t r;

	c->memory_bytes = ZSTD_estimateCCtxSize_usingCParams(cp);
	if (ZSTD_isError(c->memory_bytes))
		return -EINVAL;
	c->memory = aligned_alloc(64, (c->memory_bytes + 63) / 64 * 64);
	if (!c->memory)
		return -ENOMEM;
	z = ZSTD_initStaticCCtx(c->memory, c->memory_bytes);
	if (!z)
		return -EINVAL;
	r = ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, level);
	if (!ZSTD_isError(r))
		r = ZSTD_CCtx_setParameter(z, ZSTD_c_windowLog, (int)cp.windowLog);
	if (!ZSTD_isError(r))
		r = ZSTD_CCtx_setParameter(z, ZSTD_c_hashLog, (int)cp.hashLog);
	if (!ZSTD_isError(r))
		r = ZSTD_CCtx_setParameter(z, ZSTD_c_chainLog, (int)cp.chainLog);
	c->context = z;
	return ZSTD_isError(r) ? -EINVAL : 0;
}

int compress_open(struct compressor *c, enum compress_codec codec, int level, size_t page_bytes)
{
	int r = 0;

	*c = (struct compressor){ .codec = codec, .page_bytes = page_bytes };
	if (codec == COMPRESS_ZSTD)
		r = zstd_open(c, level ? level : ZSTD_DEFAULT);
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

size_t compress_page(struct compressor *c, const void *src, void *dst)
{
	size_t n;

	if (c->codec == COMPRESS_STORED)
		return 0;
	/* with room for less than a page it gives up on pages that do not shrink */
	n = ZSTD_compress2(c->context, dst, c->page_bytes - 1, src, c->page_bytes);
	return ZSTD_isError(n) ? 0 : n;
}
