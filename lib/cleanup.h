/* SPDX-License-Identifier: MIT */
/*
 * Scope guards: what a function opens is closed where its name goes out of scope. keep_fd() and
 * keep_ptr() hand the thing over.
 */
#ifndef LIB_CLEANUP_H
#define LIB_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void cleanup_closedir(DIR **d)
{
	if (*d)
		closedir(*d);
}

#define _cleanup_(fn) __attribute__((cleanup(fn)))
#define _close_	      _cleanup_(cleanup_close)
#define _free_	      _cleanup_(cleanup_free)
#define _fclose_      _cleanup_(cleanup_fclose)
#define _closedir_    _cleanup_(cleanup_closedir)

/* The descriptor outlives its scope: returns it and disarms the guard. */
static inline int keep_fd(int *fd)
{
	int kept = *fd;

	*fd = -1;
	return kept;
}

/* The same for memory: `return keep_ptr(buf);` */
#define keep_ptr(p)                                                                                \
	({                                                                                         \
		__typeof__(p) kept_ = (p);                                                         \
		(p) = NULL;                                                                        \
		kept_;                                                                             \
	})

#define ARRAY_LEN(a)			(sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#endif
