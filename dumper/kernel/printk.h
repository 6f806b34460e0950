/* SPDX-License-Identifier: MIT */
/*
 * Where the printk ring buffer (5.10 and later, kernel/printk/printk_ringbuffer.h) lies and how its
 * structures are laid out, from VMCOREINFO.
 */
#ifndef DUMPER_KERNEL_PRINTK_H
#define DUMPER_KERNEL_PRINTK_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/kernel/kmem.h"
#include "dumper/kernel/vmcoreinfo.h"

struct printk_ring {
	uint64_t descs, infos, text;	/* virtual addresses */
	unsigned count_bits, size_bits; /* descriptors; bytes of text */
	uint64_t head_id, tail_id;
	uint32_t desc_bytes, off_state, off_begin, off_next;
	uint32_t info_bytes, off_ts, off_len, off_seq;
	bool has_seq;
};

/* 0; -ENODATA: a name is missing or the sizes are impossible; -EFAULT: cannot be read. */
int printk_ring_find(struct printk_ring *ret, struct kmem *k, const struct vmcoreinfo *vi);

#endif
