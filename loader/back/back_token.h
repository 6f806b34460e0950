/* SPDX-License-Identifier: MIT */
/*
 * What tells a production kernel that was returned to from one that the firmware booted: the
 * argument kdump_init.returned=TIMES,APICID of its command line, with the processor that the
 * firmware booted. Its dot makes it an argument of a module, which the kernel hands to nobody.
 */
#ifndef LOADER_BACK_BACK_TOKEN_H
#define LOADER_BACK_BACK_TOKEN_H

#include <stddef.h>

#define BACK_TOKEN "kdump_init.returned"

struct back_token {
	unsigned times; /* 0: the firmware booted it */
	int first_cpu;	/* CMDLINE_NO_APICID: not known */
};

/* From a command line; boot_apicid: of processor 0, which is the first where there is no token. */
struct back_token back_token_read(const char *cmdline, int boot_apicid);

/* base without what an earlier return and a boot loader put there, and with t. -E2BIG. */
int back_token_line(const char *base, const struct back_token *t, char *buf, size_t size);

#endif
