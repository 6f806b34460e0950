/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the benchmark's guest share.
 */
#ifndef BENCH_GUEST_H
#define BENCH_GUEST_H

#include <stddef.h>

#define MIB	 ((size_t)1 << 20)
#define CONTENT	 "/content"  /* where vda is mounted */
#define COMMANDS "/commands" /* in a capture image: what to time there */

/* A line on the console, behind "bench: ". */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Switches the machine off, after a line with errno. */
void fail(const char *what);
void end(void);

/* A NAME=NUMBER of the kernel's command line; 0 if absent. */
size_t setting(const char *name);
void write_number(const char *path, size_t n);
/* Until path exists; fails after 20 s. */
void wait_for(const char *path);

/* guest_load.c: fills the memory as the settings say. */
void load(void);
/* guest_dumps.c: runs the lines of COMMANDS on the disk vdb in turn and says what each took. */
void time_dumps(void);

/* guest_live.c: dumps this machine again and again while it runs, then switches it off. */
void live(void);

#endif
