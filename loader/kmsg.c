/* SPDX-License-Identifier: MIT */
/*
 * /dev/kmsg records: "priority,sequence,µs,flags[,…];text\n", one for each read.
 */
#include "loader/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORD_BYTES = 8192 }; /* the kernel's PRINTKRB_RECORD_MAX is 2048 + its prefix */

int kmsg_mark(int root)
{
	int fd = openat(root, "dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	lseek(fd, 0, SEEK_END);
	return fd;
}

bool kmsg_next(int fd, char *buf, size_t size)
{
	char record[RECORD_BYTES], *text;
	ssize_t n;

	if (fd < 0)
		return false;
	for (;;) {
		n = read(fd, record, sizeof(record) - 1);
		/* EPIPE: records were overwritten before they were read */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			return false;
		record[n] = '\0';
		text = strchr(record, ';');
		/* the facility stands above the three bits of the level; the kernel's is 0 */
		if (!text || strtoul(record, NULL, 10) >> 3)
			continue;
		text++;
		snprintf(buf, size, "%.*s", (int)strcspn(text, "\n"), text);
		return true;
	}
}
