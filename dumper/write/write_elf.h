/* SPDX-License-Identifier: MIT */
/*
 * Pages → a filtered ELF core, as it is or in zstd frames. Two passes: the program headers, which
 * lie in front, name what is stored.
 *
 * Excluded pages are the end of a PT_LOAD (p_filesz < p_memsz), or zeros where the gap is short.
 * elf.zst is standard zstd frames of 256 KiB each, behind them their sums and the seek table
 * (elf_seek.h).
 */
#ifndef DUMPER_WRITE_WRITE_ELF_H
#define DUMPER_WRITE_WRITE_ELF_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/compress/compress_frame.h"
#include "dumper/kernel/crash.h"
#include "dumper/write/dump_options.h"
#include "dumper/write/extents.h"
#include "dumper/write/writer.h"
#include "lib/sink.h"

struct elf_writer {
	struct writer base;
	struct sink *out;
	struct crash *core;
	bool packed; /* elf.zst */
	struct extents extents;
	bool incomplete;
	uint64_t data_off; /* of the first page in the ELF file */
	uint64_t at;	   /* offset in the ELF file of what comes next */
	/* elf.zst */
	struct frame_compressor frame; /* for headers and notes */
	uint8_t *raw, *frame_bytes;
	uint32_t raw_len;
	struct elf_seek *seek; /* one entry a frame */
	uint8_t (*sums)[4];
	uint32_t n_seek, room_seek;
};

/* 0 or -ENOMEM. Nothing is written before begin(), which gives -EFBIG for too many segments. */
int elf_open(struct elf_writer *w, struct crash *c, const struct dump_options *opt,
	     struct sink *out);

#endif
