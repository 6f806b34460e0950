/* SPDX-License-Identifier: MIT */
/*
 * One opened crash: the vmcore file and what its notes say, ready for dmesg.c and dump.c.
 * kdump-init and kdump-dumper begin here.
 */
#ifndef DUMPER_KERNEL_CRASH_H
#define DUMPER_KERNEL_CRASH_H

#include <stdint.h>

#include "dumper/kernel/kmem.h"
#include "dumper/kernel/memmap.h"
#include "dumper/kernel/vmcoreinfo.h"
#include "dumper/read/vmcore.h"

/* What could not be understood. Each makes a dump poorer, and none prevents it. */
enum crash_missing {
	CORE_NO_VMCOREINFO = 1 << 0, /* note absent or without text */
	CORE_NO_PAGING = 1 << 1,     /* kernel virtual addresses cannot be read */
	CORE_NO_MEMMAP = 1 << 2,     /* no struct pages: only unfiltered dumps */
};

struct crash {
	struct vmcore vmcore;
	struct vmcoreinfo info;
	struct kmem kmem;
	struct memmap memmap;
	bool searched;	  /* no note had VMCOREINFO, it was found in memory */
	unsigned missing; /* set of enum crash_missing */
	char why[160];	  /* the first thing that is missing, for one log line; "" if nothing */
};

/*
 * Opens path (/proc/vmcore, an ELF core or a dump) read-only. Only a file that is no 64-bit core or
 * dump is an error (-ENOEXEC, -EBADMSG, or from open); what is missing inside is noted in
 * ret->missing: of an architecture that this program does not know, page tables and memory map.
 * core->why has the reason in both cases.
 */
int crash_open(const char *path, struct crash *ret);

/* The same for the n parts of a split dump; flags: enum vmcore_flags. */
int crash_open_set(const char *const *paths, unsigned n, unsigned flags, struct crash *ret);
void crash_close(struct crash *c);

#endif
