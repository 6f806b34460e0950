/* SPDX-License-Identifier: MIT */
/*
 * One opened crash: the vmcore file and what its notes say, ready for dmesg.c and dump.c. This is
 * the door through which kdump-init and the kdump-dumper command use the dumper.
 */
#ifndef DUMPER_KERNEL_CRASH_H
#define DUMPER_KERNEL_CRASH_H

#include <stdint.h>

#include "dumper/kernel/kmem.h"
#include "dumper/kernel/memmap.h"
#include "dumper/kernel/vmcoreinfo.h"
#include "dumper/read/vmcore.h"

/* What could not be understood; each is a door to a poorer dump, not an end. */
enum crash_missing {
	CORE_NO_VMCOREINFO	= 1 << 0,	/* note absent or without text */
	CORE_NO_PAGING		= 1 << 1,	/* kernel virtual addresses cannot be read */
	CORE_NO_MEMMAP		= 1 << 2,	/* no struct pages: only unfiltered dumps */
};

struct crash {
	struct vmcore vmcore;
	struct vmcoreinfo info;
	struct kmem kmem;
	struct memmap memmap;
	bool searched;		/* no note had VMCOREINFO, it was found in memory */
	unsigned missing;	/* set of enum crash_missing */
	char why[160]; /* the first thing that is missing, for one log line; "" if nothing */
};

/*
 * Opens path (/proc/vmcore, an ELF core or a dump) read-only. Only a file that is no 64-bit core
 * or dump of a supported architecture is an error (-ENOEXEC, -EBADMSG, or from open); what is missing inside
 * is noted in ret->missing. core->why has the reason in both cases.
 */
int crash_open(const char *path, struct crash *ret);

/* The same for the n parts of a split dump; flags: enum vmcore_flags. */
int crash_open_set(const char *const *paths, unsigned n, unsigned flags, struct crash *ret);
void crash_close(struct crash *c);

#define CORE_PANIC_BYTES 256

/* Identity of the crash, as far as the core tells; empty strings and zeros where it does not. */
struct crash_identity {
	char release[65];	/* OSRELEASE */
	char sysname[65], nodename[65], version[65], machine[65], domainname[65]; /* utsname */
	char build_id[65];	/* hex */
	uint64_t crash_time_s;	/* CRASHTIME, seconds of the epoch; 0 unknown */
	uint64_t ram_bytes;	/* in the core */
	unsigned cpus;		/* NT_PRSTATUS notes */
	char panic[CORE_PANIC_BYTES]; /* crash_panic_line()'s */
};

/* Never fails: what cannot be read stays empty. All but the panic line, which is in the log. */
void crash_identify(struct crash *c, struct crash_identity *ret);

/*
 * The line of the log that says why the kernel died, without its time stamp; "" if there is none.
 * Walks the whole printk ring.
 */
void crash_panic_line(struct crash *c, char ret[CORE_PANIC_BYTES]);

#endif
