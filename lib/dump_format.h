/* SPDX-License-Identifier: MIT */
/*
 * What a dump can be: the layout of its file, and how its pages are stored. The options
 * (lib/conf/collector.h), the dumper and the report have these from here.
 */
#ifndef LIB_DUMP_FORMAT_H
#define LIB_DUMP_FORMAT_H

enum dump_format {
	DUMP_KDUMP,	    /* tail-index where the sink can be read back, else classic */
	DUMP_KDUMP_CLASSIC, /* bitmaps and descriptors in front; two passes */
	DUMP_ELF,	    /* filtered ELF core; two passes */
	DUMP_ELF_ZST,	    /* the same as zstd frames with a seek table; any sink */
};

/* DUMP_LZO is written by a build with LZO=1 alone. */
enum dump_codec { DUMP_STORED, DUMP_ZLIB, DUMP_LZO, DUMP_ZSTD };

#endif
