/* SPDX-License-Identifier: MIT */
/*
 * The compressor of elf.zst: a piece of many pages in, one standard zstd frame out.
 */
#ifndef DUMPER_COMPRESS_COMPRESS_FRAME_H
#define DUMPER_COMPRESS_COMPRESS_FRAME_H

#include <stddef.h>
#include <sys/types.h>

struct frame_compressor {
	void *context; /* of the library */
	void *memory;  /* the context's, allocated once */
	size_t memory_bytes;
	size_t max_raw;
};

/*
 * For pieces of up to max_raw bytes; 256 KiB is a good size, below 128 KiB the ratio suffers, and
 * beyond 256 KiB nothing is gained. level: the library's; 0 is our own, a little larger than 1 in
 * less time. Frames have no checksums (elf_seek.h). Takes about 550 KB at level 0. 0, -ENOMEM, or
 * -EINVAL for an impossible level or size.
 */
int frame_open(struct frame_compressor *f, int level, size_t max_raw);
void frame_close(struct frame_compressor *f);

/* What a frame of n bytes takes at most. */
size_t frame_bound(size_t n);

/*
 * One frame with its content size of the n bytes at src, in one piece. Returns its size; -ENOSPC
 * if dst is too small, never with frame_bound(n); -EINVAL for more than max_raw. After an error the
 * next frame is well. No allocation.
 */
ssize_t frame_compress(struct frame_compressor *f, const void *src, size_t n, void *dst,
		       size_t dst_bytes);

#endif
