/* SPDX-License-Identifier: MIT */
/*
 * What the code under test logs, in a file of the test's machine.
 */
#ifndef TESTS_UNIT_FAKE_LOGFILE_H
#define TESTS_UNIT_FAKE_LOGFILE_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log.h"

/* Messages from LOG_INFO on go to the file "log" in dir_fd, too, until logfile_close(). */
static int logfile_open(int dir_fd)
{
	int fd = openat(dir_fd, "log", O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0600);

	if (fd < 0)
		abort();
	log_init("test", LOG_INFO);
	log_add(fd, LOG_PLAIN);
	return fd;
}

static void logfile_close(int fd)
{
	log_remove(fd);
	close(fd);
}

/* Was this logged since the last call? Empties the file. */
static bool logfile_has(int fd, const char *words)
{
	char text[16384] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0 || ftruncate(fd, 0))
		abort();
	if (strstr(text, words))
		return true;
	printf("log has no \"%s\":\n%s", words, text);
	return false;
}

#endif
