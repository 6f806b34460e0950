/* SPDX-License-Identifier: MIT */
#ifndef DUMPER_KERNEL_CRASH_IDENTITY_H
#define DUMPER_KERNEL_CRASH_IDENTITY_H

#include <stdint.h>

#include "dumper/kernel/crash.h"

#define CORE_PANIC_BYTES 256

/* Identity of the crash, as far as the core tells; empty strings and zeros where it does not. */
struct crash_identity {
	char release[65];							  /* OSRELEASE */
	char sysname[65], nodename[65], version[65], machine[65], domainname[65]; /* utsname */
	char build_id[65];							  /* hex */
	uint64_t crash_time_s;	      /* CRASHTIME, seconds of the epoch; 0 unknown */
	uint64_t ram_bytes;	      /* in the core */
	unsigned cpus;		      /* NT_PRSTATUS notes */
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
