/* SPDX-License-Identifier: MIT */
/*
 * In place of compress_lzo.c in a build without LZO=1: that library would put the programs under
 * the GPL.
 */
#include "dumper/compress_codec.h"
#include "dumper/kdump_format.h"

const struct codec codec_lzo = {
	.name = "lzo",
	.flag = KDUMP_LZO,
};

const struct unpacker unpacker_lzo = {
	.flag = KDUMP_LZO,
};
