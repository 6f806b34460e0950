/* SPDX-License-Identifier: MIT */
#include "dumper/options.h"

#include <errno.h>

#include "dumper/compress/compress.h"

static const enum dump_codec codecs[] = {
	[COLLECTOR_STORED] = DUMP_STORED,
	[COLLECTOR_ZLIB] = DUMP_ZLIB,
	[COLLECTOR_LZO] = DUMP_LZO,
	[COLLECTOR_ZSTD] = DUMP_ZSTD,
};

static const enum dump_format formats[] = {
	[COLLECTOR_KDUMP] = DUMP_KDUMP,
	[COLLECTOR_KDUMP_CLASSIC] = DUMP_KDUMP_CLASSIC,
	[COLLECTOR_ELF] = DUMP_ELF,
	[COLLECTOR_ELF_ZST] = DUMP_ELF_ZST,
};

bool options_built_in(enum dump_codec codec)
{
	struct compressor zip;
	int r = compress_open(&zip, (enum compress_codec)codec, 0, 4096);

	compress_close(&zip);
	return r != -EOPNOTSUPP;
}

void options_from(const struct collector *c, struct dump_options *ret, const char **ret_note)
{
	*ret_note = NULL;
	*ret = (struct dump_options){
		.level = c->levels[0],
		.exclude_struct_pages = c->exclude_struct_pages,
		.format = formats[c->format],
		.threads = c->threads,
		.codec = codecs[c->codec],
	};
	if (c->format == COLLECTOR_ELF_ZST)
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
