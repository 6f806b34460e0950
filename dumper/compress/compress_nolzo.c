/* SPDX-License-Identifier: MIT */
/*
 * In place of compress_lzo.c in a build without LZO=1: that library would put the programs under
 * the GPL. Reading is unpack_lzo.c's in either.
 */
#include "dumper/compress/compress_codec.h"
#include "dumper/format/kdump_format.h"

const struct codec codec_lzo = {
	.flag = KDUMP_LZO,
};
