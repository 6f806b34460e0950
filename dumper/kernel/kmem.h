/* SPDX-License-Identifier: MIT */
/*
 * Kernel virtual memory of the dead machine, through its own page tables.
 */
#ifndef DUMPER_KERNEL_KMEM_H
#define DUMPER_KERNEL_KMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dumper/kernel/arch.h"
#include "dumper/kernel/vmcoreinfo.h"
#include "dumper/read/vmcore.h"

#define KMEM_LEVELS	  5
#define KMEM_PIECE	  512u /* entries that are read at a time: a table of 4 KiB */
#define KMEM_RECENT	  4
#define KMEM_RECENT_BYTES 4096u

/* One owner (thread) each: the caches change with each translation and read. */
struct kmem {
	const struct vmcore *vmcore;
	const struct arch *arch; /* NULL: not known */
	unsigned page_shift;	 /* of the dead kernel, by VMCOREINFO or the file */
	/* What the architecture's setup found. */
	uint64_t root;	      /* physical address of the top table */
	unsigned levels;      /* of tables; 0: addresses cannot be translated */
	unsigned table_shift; /* what an entry of level 0 maps, as a power of two */
	unsigned index_bits;  /* entries of a table; the top one may have fewer */
	unsigned va_bits;     /* of an address, that the tables are indexed by */
	uint64_t kernel_va;   /* the lowest address of the kernel's half */
	uint64_t va_fill;     /* bits of such an address that may be a tag or a signature */
	uint64_t sme_mask;    /* x86_64: bits of an entry that are no address */
	bool lpa2;	      /* aarch64: an entry has physical bits 51..50 in 9..8 */
	/* the address where vmemmap_pfn has its struct page; 0: not known */
	uint64_t vmemmap, vmemmap_pfn;
	int64_t phys_base; /* of the dump's sub header: what it means, the architecture says */
	/* The last piece of a table used at each level; pa 0 means none. */
	struct {
		uint64_t pa;
		uint64_t entry[KMEM_PIECE];
	} cache[KMEM_LEVELS];
	struct kmem_image {
		uint64_t va, pa, len;
	} image; /* the kernel's; by kernel_image_find(), len 0: not known */
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
 * architecture: then addresses are those of the file's own segments, which has the kernel's log where
 * they have one; -ENODATA: what the walk needs is missing, translation fails with -EFAULT. *why gets a
 * literal.
 */
int kmem_init(struct kmem *k, const struct vmcore *v, const struct vmcoreinfo *vi,
	      const char **why);

/* 0 or -EFAULT. *ret_len: bytes contiguous in physical memory from *ret_pa on, in this mapping. */
int kmem_translate(struct kmem *k, uint64_t va, uint64_t *ret_pa, uint64_t *ret_len);

/* Reads len bytes; -EFAULT if any of them is not mapped or not in the core. */
int kmem_read(struct kmem *k, uint64_t va, void *buf, size_t len);

/* What an entry of a table at level maps, as a power of two. */
static inline unsigned kmem_shift(const struct kmem *k, unsigned level)
{
	return k->table_shift + k->index_bits * level;
}

/* The entry that leads to va, in its table at level. */
static inline unsigned kmem_index(const struct kmem *k, unsigned level, uint64_t va)
{
	va &= (1ull << k->va_bits) - 1;
	return (unsigned)(va >> kmem_shift(k, level)) & ((1u << k->index_bits) - 1);
}

/* Forgets what was read: on a running machine it may have changed. */
void kmem_forget(struct kmem *k);

#endif
