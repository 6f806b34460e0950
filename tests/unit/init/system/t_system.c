/* SPDX-License-Identifier: MIT */
#include "init/system/system_private.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/test.h"

static const char *names[2];
static bool others;

static unsigned parse(const char *text)
{
	static char buf[512];

	snprintf(buf, sizeof(buf), "%s", text);
	return system_parse_consoles(buf, names, 2, &others);
}

/* In a child without the descriptors of `closed`: bits 0 to 2 are open afterwards, and no other. */
static int descriptors(unsigned closed)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		unsigned is_open = 0;

		for (int fd = 0; fd < 16; fd++) {
			if (fd > 2 || closed & 1u << fd)
				close(fd);
		}
		system_descriptors();
		for (int fd = 0; fd < 16; fd++)
			is_open |= fcntl(fd, F_GETFD) < 0 ? 0 : 1u << fd;
		_exit((int)(is_open & 127));
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

TEST(three_descriptors_and_no_more)
{
	for (unsigned closed = 0; closed < 8; closed++)
		CHECK_EQ(descriptors(closed), 7);
}

TEST(serial_line_and_screen)
{
	CHECK_EQ(parse("tty0                 -WU (EC  p  )    4:2\n"
		       "ttyS0                -W- (E    p  )    4:64\n"),
		 2);
	CHECK_STR(names[0], "tty0");
	CHECK_STR(names[1], "ttyS0");
	CHECK(!others);
}

TEST(console_without_a_terminal)
{
	CHECK_EQ(parse("ttyS0                -W- (EC   )    4:64\n"
		       "netcon0              -W- (E    )\n"),
		 1);
	CHECK_STR(names[0], "ttyS0");
	CHECK(others);
}

TEST(disabled_console_is_none)
{
	CHECK_EQ(parse("ttyS1                -W- (   p )    4:65\n"
		       "hvc0                 -W- (EC p )  229:0\n"),
		 1);
	CHECK_STR(names[0], "hvc0");
	CHECK(!others);
}

TEST(more_than_fit)
{
	CHECK_EQ(parse("a -W- (E ) 4:1\nb -W- (E ) 4:2\nc -W- (E ) 4:3\n"), 2);
	CHECK(others);
}

TEST(nothing_and_nonsense)
{
	CHECK_EQ(parse(""), 0);
	CHECK_EQ(parse("\n\n(\n)\n(E\nE)\nttyS0\n"), 0);
	CHECK(!others);
}
