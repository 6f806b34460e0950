/* SPDX-License-Identifier: MIT */
/*
 * The end of an elf.zst: two skippable frames, which other readers pass over. Little-endian.
 *
 * Sums: ELF_SUMS_MAGIC, then for each frame before it the lower 32 bits of the hash (lib/hash.h) of
 * its bytes in the file. zstd's own checksum of the content costs 7 % of a dump's time; this one
 * goes over an eighth of the bytes and finds what storage and transport damaged.
 *
 * The seek table of zstd's seekable format 0.1.0
 * (contrib/seekable_format/zstd_seekable_compression_format.md in zstd's sources). The sums have an
 * entry there too, as a frame without content, so that the entries add up to the file.
 */
#ifndef DUMPER_FORMAT_ELF_SEEK_H
#define DUMPER_FORMAT_ELF_SEEK_H

#include <stdint.h>

#define ELF_SUMS_FRAME_MAGIC 0x184d2a5du
#define ELF_SUMS_MAGIC	     "KDUMPSUM"
#define ELF_SUMS_HEAD	     16 /* frame magic, size of the rest, ELF_SUMS_MAGIC */

#define ELF_SEEK_FRAME_MAGIC 0x184d2a5eu
#define ELF_SEEK_MAGIC	     0x8f92eab1u
#define ELF_SEEK_FOOTER	     9		  /* number of frames, descriptor byte, magic */
#define ELF_FRAME	     (256u << 10) /* of headers and notes */

/* One entry a frame: its size as it is in the file, and unpacked. */
struct elf_seek {
	uint8_t packed[4], raw[4];
};

#endif
