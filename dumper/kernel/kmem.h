/* SPDX-License-Identifier: MIT */
/*
 * Kernel virtual memory of the dead machine, through its own page tables.
 */
#ifndef DUMPER_KERNEL_KMEM_H
#define DUMPER_KERNEL_KMEM_H

#include <stddef.h>
#include <stdint.h>

#include "dumper/kernel/arch.h"
#include "dumper/kernel/vmcoreinfo.h"
#include "dumper/read/vmcore.h"

#define KMEM_LEVELS	  5
#define KMEM_TABLE	  512 /* entries of a 4 KiB table */
#define KMEM_RECENT	  4
#define KMEM_RECENT_BYTES 4096u

/* One owner (thread) each: the caches change with each translation and read. */
struct kmem {
	const struct vmcore *vmcore;
	const struct arch *arch; /* NULL: addresses cannot be translated */
	uint64_t root;		 /* physical address of the top table */
	unsigned levels;
	uint64_t sme_mask;
	int64_t phys_base; /* x86_64; part of the dump's sub header */
	/* The last table used at each level; pa 0 means none. */
	struct {
		uint64_t pa;
		uint64_t entry[KMEM_TABLE];
	} cache[KMEM_LEVELS];
	/*
	 * The pages that small reads went to: the kernel maps and unmaps a page for each read from
	 * /proc/vmcore, and the log is read in pieces of 24, 88 and some dozen bytes.
	 */
	struct {
		uint64_t tag; /* virtual address | 1; 0: none */
		uint8_t bytes[KMEM_RECENT_BYTES];
	} recent[KMEM_RECENT];
	unsigned next_recent;
};

/*
 * Chooses the architecture by the core's machine and finds the root table. 0; -ENOEXEC: no such
 * architecture; -ENODATA: what the walk needs is missing. *why gets a literal. After an error
 * translation fails with -EFAULT.
 */
int kmem_init(struct kmem *k, const struct vmcore *v, const struct vmcoreinfo *vi,
	      const char **why);

/* 0 or -EFAULT. *ret_len: bytes contiguous in physical memory from *ret_pa on, in this mapping. */
int kmem_translate(struct kmem *k, uint64_t va, uint64_t *ret_pa, uint64_t *ret_len);

/* Reads len bytes; -EFAULT if any of them is not mapped or not in the core. */
int kmem_read(struct kmem *k, uint64_t va, void *buf, size_t len);

/* Forgets what was read: on a running machine it may have changed. */
void kmem_forget(struct kmem *k);

#endif
