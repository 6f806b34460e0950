/* SPDX-License-Identifier: MIT */
/*
 * What tells a production kernel that was returned to from one that the firmware booted: the
 * argument kdump_init.returned=TIMES of its command line. Its dot makes it an argument of a module,
 * which the kernel hands to nobody.
 */
#ifndef LOADER_BACK_BACK_TOKEN_H
#define LOADER_BACK_BACK_TOKEN_H

#include <stddef.h>

#define BACK_TOKEN "kdump_init.returned"

/* How often the machine was returned to since the firmware ran, from a command line; 0: never. */
unsigned back_token_read(const char *cmdline);

/* base without what an earlier return and a boot loader put there, and with times. -E2BIG. */
int back_token_line(const char *base, unsigned times, char *buf, size_t size);

#endif
