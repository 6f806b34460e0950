/* SPDX-License-Identifier: MIT */
/*
 * The log: formats, levels, outputs that fail.
 */
#include "lib/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/test.h"

static const char *text_of(int fd)
{
	static char buf[4096];
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

static int output(enum log_format format)
{
	int fd = memfd_create("log", MFD_CLOEXEC);

	CHECK_EQ(log_add(fd, format), 0);
	return fd;
}

static void drop(int fd)
{
	log_remove(fd);
	close(fd);
}

TEST(formats)
{
	int plain, timed, kmsg;
	char tail[32];
	long s, ms;

	log_init("prog", LOG_INFO);
	plain = output(LOG_PLAIN);
	timed = output(LOG_TIMED);
	kmsg = output(LOG_KMSG);
	log_warn("disk: %s: %d", "/dev/sda", 7);
	log_debug("not shown");
	CHECK_STR(text_of(plain), "prog: disk: /dev/sda: 7\n");
	CHECK_EQ(sscanf(text_of(timed), "prog: %ld.%3ld %31[^\n]", &s, &ms, tail), 3);
	CHECK_STR(tail, "disk: /dev/sda: 7");
	CHECK(!strncmp(text_of(kmsg), "<4>prog: ", 9));
	drop(plain);
	drop(timed);
	drop(kmsg);
}

TEST(levels)
{
	static const char *const want[] = { "prog: 0\n", "prog: 0\nprog: 1\n",
					    "prog: 0\nprog: 1\nprog: 2\n",
					    "prog: 0\nprog: 1\nprog: 2\nprog: 3\n" };

	for (int max = LOG_ERR; max <= LOG_DEBUG; max++) {
		int fd = output(LOG_PLAIN);

		log_init("prog", (enum log_level)max);
		for (int l = LOG_ERR; l <= LOG_DEBUG; l++)
			log_line((enum log_level)l, "%d", l);
		CHECK_STR(text_of(fd), want[max]);
		drop(fd);
	}
}

/* A full or closed output costs its own line alone; errno is the caller's. */
TEST(outputs_that_fail)
{
	int good, fd[2];

	log_init("prog", LOG_INFO);
	CHECK_EQ(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
	while (write(fd[1], "", 1) == 1)
		;
	CHECK_EQ(log_add(fd[1], LOG_PLAIN), 0);
	CHECK_EQ(log_add(-1, LOG_PLAIN), 0);
	good = output(LOG_PLAIN);
	errno = ENOTDIR;
	log_info("still here");
	CHECK_EQ(errno, ENOTDIR);
	CHECK_STR(text_of(good), "prog: still here\n");
	drop(good);
	log_remove(-1);
	log_remove(12345);
	drop(fd[1]);
	close(fd[0]);
}

TEST(long_lines_are_cut)
{
	static char text[3000];
	const char *line;
	int fd;

	log_init("prog", LOG_INFO);
	fd = output(LOG_PLAIN);
	memset(text, 'x', sizeof(text) - 1);
	log_info("%s", text);
	log_info("next");
	line = text_of(fd);
	CHECK_EQ(strcspn(line, "\n"), 6 + 1023);
	CHECK_STR(strchr(line, '\n'), "\nprog: next\n");
	drop(fd);
}

TEST(all_outputs)
{
	int fd[LOG_OUTPUTS];

	for (int i = 0; i < LOG_OUTPUTS; i++)
		fd[i] = output(LOG_PLAIN);
	CHECK_EQ(log_add(99, LOG_PLAIN), -ENOSPC);
	log_remove(fd[1]);
	close(fd[1]);
	fd[1] = output(LOG_PLAIN);
	log_info("to all");
	for (int i = 0; i < LOG_OUTPUTS; i++) {
		CHECK_STR(text_of(fd[i]), "prog: to all\n");
		drop(fd[i]);
	}
}
