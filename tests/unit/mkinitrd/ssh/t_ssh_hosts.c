/* SPDX-License-Identifier: MIT */
#include "mkinitrd/ssh/ssh_hosts.h"

#include <stdlib.h>

#include "tests/unit/test.h"

#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIJ1234567890abcdefghijklmnopqrstuvwxyzABCDEF"
#define ALT "AAAAC3NzaC1lZDI1NTE5AAAAIJ0987654321abcdefghijklmnopqrstuvwxyzABCDEF"

static char lines[SSH_HOSTS_BYTES];
static struct ssh_hosts h;

static unsigned find(const char *text, const char *name)
{
	memset(&h, 0, sizeof(h));
	ssh_hosts_add(&h, text, strlen(text), name, false);
	return ssh_hosts_lines(&h, "me", lines);
}

TEST(names_lists_and_patterns)
{
	CHECK_EQ(find("a ssh-ed25519 " KEY "\n", "a"), 1);
	CHECK_STR(lines, "me ssh-ed25519 " KEY "\n");
	CHECK_EQ(find("a ssh-ed25519 " KEY "\n", "b"), 0);
	CHECK_EQ(find("b,a,192.0.2.1 ssh-rsa " KEY " a comment\r\n", "a"), 1);
	CHECK_STR(lines, "me ssh-rsa " KEY "\n");
	CHECK_EQ(find("*.example.org ssh-ed25519 " KEY, "dumps.example.org"), 1);
	CHECK_EQ(find("*.example.org,!dumps.* ssh-ed25519 " KEY, "dumps.example.org"), 0);
	CHECK_EQ(find("dump?.Example.org\tssh-ed25519\t" KEY, "Dumps.example.org"), 1);
	CHECK_EQ(find("[a]:2222 ssh-ed25519 " KEY "\n", "a"), 0);
	CHECK_EQ(find("[a]:2222 ssh-ed25519 " KEY "\n", "[a]:2222"), 1);
	CHECK_EQ(find("***a**b*c ssh-ed25519 " KEY "\n", "xaxbxcxcxbxac"), 1);
	CHECK_EQ(find("# a ssh-ed25519 " KEY "\n\n  \n", "a"), 0);
}

TEST(several_keys_of_a_host)
{
	CHECK_EQ(find("a ssh-ed25519 " KEY "\nc ssh-rsa " KEY "\na ecdsa-sha2-nistp256 " KEY
		      "\na ssh-ed25519 " KEY "\n",
		      "a"),
		 2);
	CHECK_STR(lines, "me ssh-ed25519 " KEY "\nme ecdsa-sha2-nistp256 " KEY "\n");
}

TEST(markers)
{
	CHECK_EQ(find("@revoked * ssh-ed25519 " KEY "\na ssh-ed25519 " KEY "\na ssh-ed25519 " ALT
		      "\n",
		      "a"),
		 1);
	CHECK_STR(lines, "me ssh-ed25519 " ALT "\n");
	CHECK_EQ(find("a ssh-ed25519 " KEY "\n@revoked a ssh-ed25519 " KEY "\n", "a"), 0);
	CHECK_EQ(find("@cert-authority *.b ssh-ed25519 " KEY "\n", "a.b"), 0);
	CHECK_EQ(h.authorities, 1);
	CHECK_EQ(find("@unheard a ssh-ed25519 " KEY "\n", "a"), 0);
}

TEST(hashed_names)
{
	static const char text[] = "|1|c2FsdA==|aGFzaA== ssh-ed25519 " KEY "\n";

	CHECK_EQ(find(text, "a"), 0);
	CHECK(h.hashed);
	ssh_hosts_add(&h, text, sizeof(text) - 1, "a", true);
	CHECK_EQ(ssh_hosts_lines(&h, "me", lines), 1);
}

TEST(what_is_no_key)
{
	CHECK_EQ(find("a ssh-ed25519\n", "a"), 0);
	CHECK_EQ(find("a ssh-ed25519 short\n", "a"), 0);
	CHECK_EQ(find("a ssh-ed25519 " KEY "\x01\n", "a"), 0);
	CHECK_EQ(find("a sk-ssh-ed25519@openssh.com " KEY "\n", "a"), 0);
	CHECK_EQ(find("a 1024 35 1234567890123456789012345678901234567890\n", "a"), 0);
	CHECK_EQ(find("@revoked\n@revoked a\na\n", "a"), 0);
}

TEST(bounds)
{
	char *text = calloc(40, 2000), *at = text;

	for (int i = 0; i < 40; i++)
		at += sprintf(at, "a ssh-ed25519 %04d%s\n", i, KEY);
	CHECK_EQ(find(text, "a"), SSH_HOSTS_KEYS);
	at = text + sprintf(text, "a ssh-ed25519 ");
	memset(at, 'A', 3000);
	at[3000] = '\0';
	CHECK_EQ(find(text, "a"), 0);
	free(text);
}
