/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own words about a call: its log lines since a moment.
 */
#ifndef LOADER_KMSG_H
#define LOADER_KMSG_H

#include <stdbool.h>
#include <stddef.h>

/* Opens /dev/kmsg at its end. A descriptor, which the caller closes, or -errno. */
int kmsg_mark(int root);

/*
 * The text of the next line that the kernel itself has logged since the mark; false when there
 * is none.
 */
bool kmsg_next(int fd, char *buf, size_t size);

#endif
