/* SPDX-License-Identifier: MIT */
/*
 * The end of an elf.zst: the seek table of zstd's seekable format 0.1.0
 * (contrib/seekable_format/zstd_seekable_compression_format.md in zstd's sources), a skippable
 * frame. Little-endian.
 */
#ifndef DUMPER_ELF_SEEK_H
#define DUMPER_ELF_SEEK_H

#include <stdint.h>

#define ELF_SEEK_FRAME_MAGIC	0x184d2a5eu
#define ELF_SEEK_MAGIC		0x8f92eab1u
#define ELF_SEEK_FOOTER		9	/* number of frames, descriptor byte, magic */
#define ELF_FRAME		(256u << 10)	/* of headers and notes */

/* One entry a frame: its size as it is in the file, and unpacked. */
struct elf_seek {
	uint8_t packed[4], raw[4];
};

#endif
