/* SPDX-License-Identifier: MIT */
/*
 * What the dead kernel's log says beside the reason of its death: taint, and how much memory it had
 * set aside. VMCOREINFO names neither.
 */
#ifndef INIT_CAPTURE_CRASHLOG_H
#define INIT_CAPTURE_CRASHLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crashlog {
	bool told;		    /* taint is known: an oops or a panic printed it */
	char taint[32];		    /* the letters, "GWOE"; "" for "Not tainted" */
	uint64_t crashkernel_bytes; /* 0: not in the log (any more) */
	uint64_t uptime_s;	    /* of the kernel, at its last line; 0: not stamped */
};

/* One line of the log; for dmesg_each(), ctx: struct crashlog. Always 0. */
int crashlog_line(void *ctx, const char *text, size_t len);

#endif
