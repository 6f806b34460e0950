/* SPDX-License-Identifier: MIT */
/*
 * The dead kernel's log from its printk ring buffer (5.10 and later).
 */
#ifndef DUMPER_KERNEL_DMESG_H
#define DUMPER_KERNEL_DMESG_H

#include <stddef.h>
#include <stdint.h>

#include "dumper/kernel/kmem.h"
#include "dumper/kernel/vmcoreinfo.h"
#include "lib/sink.h"

struct dmesg_stats {
	uint64_t records;
	uint64_t bytes;
};

/*
 * Calls line() for each line of the log, oldest first, without its newline; a non-zero return
 * ends the walk and is returned. text is not NUL-terminated and may hold any byte. -ENODATA:
 * the core has no readable ring.
 */
int dmesg_each(struct kmem *k, const struct vmcoreinfo *vi,
	       int (*line)(void *ctx, const char *text, size_t len), void *ctx,
	       struct dmesg_stats *ret);

/*
 * The sequence number from which on the log was not cleared (dmesg --clear) by its readers. 0,
 * -ENODATA: this kernel does not export it; -EFAULT.
 */
int dmesg_cleared(struct kmem *k, const struct vmcoreinfo *vi, uint64_t *ret);

/*
 * The same as dmesg_each for the records from sequence number `from` on; 0: all. All of them, too,
 * where the kernel does not export sequence numbers.
 */
int dmesg_each_from(struct kmem *k, const struct vmcoreinfo *vi, uint64_t from,
		    int (*line)(void *ctx, const char *text, size_t len), void *ctx,
		    struct dmesg_stats *ret);

/*
 * Writes the log to out as text, one line each, "[    1.234567] text" like dmesg. Commits
 * nothing. -ENODATA as above (nothing written), or the sink's error.
 */
int dmesg_save(struct kmem *k, const struct vmcoreinfo *vi, struct sink *out,
	       struct dmesg_stats *ret);
int dmesg_save_from(struct kmem *k, const struct vmcoreinfo *vi, uint64_t from, struct sink *out,
		    struct dmesg_stats *ret);

#endif
