/* SPDX-License-Identifier: MIT */
#include "dumper/options.h"

#include <errno.h>

#include "dumper/compress/compress.h"

bool options_built_in(enum dump_codec codec)
{
	struct compressor zip;
	int r = compress_open(&zip, codec, 0, 4096);

	compress_close(&zip);
	return r != -EOPNOTSUPP;
}

void options_from(const struct collector *c, struct dump_options *ret, const char **ret_note)
{
	*ret_note = NULL;
	*ret = (struct dump_options){
		.level = c->levels[0],
		.exclude_struct_pages = c->exclude_struct_pages,
		.format = c->format,
		.threads = c->threads,
		.codec = c->codec,
	};
	if (c->format == DUMP_ELF_ZST)
		ret->codec = DUMP_ZSTD;
	if (ret->codec == DUMP_LZO && !options_built_in(DUMP_LZO)) {
		ret->codec = DUMP_ZSTD;
		*ret_note = "-l: this build has no lzo (make LZO=1); zstd takes its place";
	}
	/* a level of zstd's is none of another's */
	if (ret->codec == DUMP_ZSTD)
		ret->codec_level = c->zstd_level;
	ret->adaptive = ret->codec == DUMP_ZSTD && c->zstd_auto;
}
