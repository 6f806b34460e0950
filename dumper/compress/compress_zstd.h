/* SPDX-License-Identifier: MIT */
/*
 * zstd's parameters, for compress_zstd.c and compress_frame.c alone.
 */
#ifndef DUMPER_COMPRESS_COMPRESS_ZSTD_H
#define DUMPER_COMPRESS_COMPRESS_ZSTD_H

#include <stdbool.h>

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

/* These parameters in place of the level's own. 0 or -EINVAL. */
int zstd_set_parameters(ZSTD_CCtx *z, const ZSTD_compressionParameters *cp, int level,
			bool content_size);

#endif
