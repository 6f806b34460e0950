/* SPDX-License-Identifier: MIT */
/*
 * Kernel log records, one a read, as /dev/kmsg gives them: here from a datagram socket.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "loader/kmsg.h"
#include "tests/unit/test.h"

TEST(records)
{
	static const char *const records[] = {
		"6,339,5140900,-;NET: Registered\n SUBSYSTEM=net\n",
		"30,340,5140901,-;systemd[1]: of a program\n", /* facility 3 */
		"3,341,5690716,-,caller=T1;File is too short to be a bzImage\n",
		"nonsense without a text",
		"4,342,1,c;a;b\n",
	};
	char text[64];
	int s[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, s))
		abort();
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		CHECK(write(s[1], records[i], strlen(records[i])) > 0);
	CHECK(kmsg_next(s[0], text, sizeof(text)));
	CHECK_STR(text, "NET: Registered");
	CHECK(kmsg_next(s[0], text, sizeof(text)));
	CHECK_STR(text, "File is too short to be a bzImage");
	CHECK(kmsg_next(s[0], text, 4));
	CHECK_STR(text, "a;b");
	CHECK(!kmsg_next(s[0], text, sizeof(text)));
	CHECK(!kmsg_next(-2, text, sizeof(text)));
	close(s[0]);
	close(s[1]);
}
