/* SPDX-License-Identifier: MIT */
#include "net/ssh/ssh_said.h"

#include <errno.h>

#include "tests/unit/test.h"

static char why[200];

static int reason(const char *text, int status)
{
	struct ssh_said s = { .len = 0 };

	ssh_said_add(&s, text, strlen(text));
	return ssh_said_reason(&s, status, why, sizeof(why));
}

TEST(the_client_says_why)
{
	CHECK_EQ(reason("", 0), 0);
	CHECK_STR(why, "");
	CHECK_EQ(reason("dbclient: Connection to a@b:22 exited: No auth methods could be used.\n",
			1),
		 -EACCES);
	CHECK_STR(why, "the server refuses the key");
	CHECK_EQ(
		reason("\nHost 'b' key unknown.\n(ssh-ed25519 fingerprint x)\ndbclient: Connection "
		       "to a@b:22 exited: Not accepted automatically\n",
		       1),
		-EKEYREJECTED);
	CHECK_EQ(reason("dbclient: Connection to a@b:22 exited: \n\nssh-ed25519 host key mismatch "
			"for b !\n",
			1),
		 -EKEYREJECTED);
	CHECK(strstr(why, "another one than known_hosts has"));
	CHECK_EQ(reason("dbclient: Connection to a@b:22 exited: Error reading: Connection reset by "
			"peer\n",
			1),
		 -ECONNRESET);
}

TEST(a_command_says_why)
{
	CHECK_EQ(reason("mkdir: cannot create directory '/x': Permission denied\n", 1), -EREMOTEIO);
	CHECK_STR(why, "mkdir: cannot create directory '/x': Permission denied");
	CHECK_EQ(reason("a\nb\n\nc\nd\x1b\n", 1), -EREMOTEIO);
	CHECK_STR(why, "b; c; d?");
	CHECK_EQ(reason("Waiting for kernel randomness to be initialised...\n/sbin/dbclient: "
			"Warning: failed to "
			"identify current user. Trying anyway.\nmkdir: /x: Not a directory\n",
			1),
		 -EREMOTEIO);
	CHECK_STR(why, "mkdir: /x: Not a directory");
	CHECK_EQ(reason("", 3), -EREMOTEIO);
	CHECK_STR(why, "the command on the server failed (exit status 3)");
	CHECK_EQ(reason("", -9), -EREMOTEIO);
	CHECK_STR(why, "dbclient was ended by signal 9");
}

/* Of a server that talks without end, the last words count. */
TEST(the_end_is_kept)
{
	struct ssh_said s = { .len = 0 };
	char noise[5000];

	memset(noise, 'x', sizeof(noise));
	for (int i = 0; i < 10; i++)
		ssh_said_add(&s, noise, 700);
	ssh_said_add(&s, noise, sizeof(noise));
	ssh_said_add(&s, "\nthe end\n", 9);
	CHECK(s.len < sizeof(s.text));
	CHECK_EQ(ssh_said_reason(&s, 1, why, sizeof(why)), -EREMOTEIO);
	CHECK(!strncmp(why, "xxx", 3));
	ssh_said_add(&s, "\n\n\nNo auth methods could be used\n", 33);
	CHECK_EQ(ssh_said_reason(&s, 1, why, sizeof(why)), -EACCES);
}

static const char *keys(const char *text, const char *host)
{
	static char ret[100];
	char copy[300];

	snprintf(copy, sizeof(copy), "%s", text);
	ssh_said_host_keys(copy, host, ret, sizeof(ret));
	return ret;
}

TEST(kinds_of_host_keys)
{
	static const char text[] =
		"a ssh-rsa AAAA\na ecdsa-sha2-nistp256 AAAA\nb ssh-ed25519 AAAA\n"
		"broken\nb\n";

	CHECK_STR(keys(text, "a"), "rsa-sha2-256,ecdsa-sha2-nistp256");
	CHECK_STR(keys(text, "b"), "ssh-ed25519");
	CHECK_STR(keys(text, "c"), "");
	CHECK_STR(keys("", "a"), "");
}
