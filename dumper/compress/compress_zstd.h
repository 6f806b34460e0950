/* SPDX-License-Identifier: MIT */
/*
 * What pages and frames have in common of zstd. For compress_zstd.c and compress_frame.c alone.
 */
#ifndef DUMPER_COMPRESS_COMPRESS_ZSTD_H
#define DUMPER_COMPRESS_COMPRESS_ZSTD_H

#include <stdbool.h>

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

/* Exactly these parameters, beside those the level stands for. 0 or -EINVAL. */
int zstd_set_parameters(ZSTD_CCtx *z, const ZSTD_compressionParameters *cp, int level,
			bool content_size);

#endif
