/* SPDX-License-Identifier: MIT */
#include "init/back/bus_masters.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"

#define DEVICES "sys/bus/pci/devices"

enum {
	COMMAND_AT = 4,
	MASTER = 1 << 2,
	CLASS_BRIDGE = 0x06,
};

static bool is_bridge(int device)
{
	char text[32];

	/* "0x060400": class, subclass, interface */
	return !io_read_file(device, "class", text, sizeof(text), NULL) &&
	       strtoul(text, NULL, 0) >> 16 == CLASS_BRIDGE;
}

/* 1: it was a master and is none now; 0: it was none; -errno. */
static int stop(int device)
{
	_close_ int fd = openat(device, "config", O_RDWR | O_CLOEXEC);
	uint8_t command[2];
	int r = fd < 0 ? -errno : io_pread(fd, command, sizeof(command), COMMAND_AT);

	if (r || !(command[0] & MASTER))
		return r;
	command[0] &= (uint8_t)~MASTER;
	r = io_pwrite(fd, command, sizeof(command), COMMAND_AT);
	return r ? r : 1;
}

unsigned bus_masters_stop(const char *root, unsigned *ret_left)
{
	char path[PATH_MAX];
	_closedir_ DIR *d = NULL;
	unsigned stopped = 0;

	snprintf(path, sizeof(path), "%s/" DEVICES, root);
	d = opendir(path);
	*ret_left = 0;
	for (struct dirent *e; d && (e = readdir(d));) {
		_close_ int device = -1;
		int r;

		if (e->d_name[0] == '.')
			continue;
		device = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (device < 0 || !faccessat(device, "driver", F_OK, 0) || is_bridge(device))
			continue;
		r = stop(device);
		stopped += r > 0;
		*ret_left += r < 0;
	}
	return stopped;
}
