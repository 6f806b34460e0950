/* SPDX-License-Identifier: MIT */
/*
 * `encrypt`: keys and lists, and that a wrong line never means "as it is".
 */
#include "tests/unit/fake/ageopen.h"
#include "tests/unit/fake/confparse.h"

#define SECRET_LETTERS "1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"

/* The public key of secret number n. */
static const char *key(uint8_t n)
{
	static char keys[4][63];
	uint8_t secret[32] = { 0, n }, public[32];

	ageopen_public(secret, public, keys[n % 4]);
	return keys[n % 4];
}

static int parse_lines(const char *fmt, const char *a, const char *b)
{
	char file[1024];

	snprintf(file, sizeof(file), fmt, a, b);
	return parse(file);
}

TEST(keys_of_one_line_or_several)
{
	CHECK_EQ(parse("ext4 /dev/a\n"), 0);
	CHECK(!conf.encrypt.wanted);
	CHECK_EQ(parse_lines("encrypt %s %s # both\n", key(1), key(2)), 0);
	CHECK_EQ(conf.encrypt.n_keys, 2);
	CHECK_STR(conf.encrypt.keys[0], key(1));
	CHECK_STR(conf.encrypt.keys[1], key(2));
	CHECK_EQ(parse_lines("\nencrypt %s\nencrypt /a %s /b\n", key(1), key(1)), 0);
	CHECK_EQ(conf.encrypt.n_keys, 1);
	CHECK_EQ(conf.encrypt.n_files, 2);
	CHECK_STR(conf.encrypt.files[1], "/b");
	CHECK_EQ(conf.encrypt.line, 2);
}

TEST(a_wrong_line_still_wants_sealing)
{
	char file[128];

	snprintf(file, sizeof(file), "encrypt %s\n", key(1));
	file[30] = file[30] == 'q' ? 'p' : 'q';
	check_refused(file, 1, "is mistyped");
	CHECK(conf.encrypt.wanted && !conf.encrypt.n_keys);
	check_refused("encrypt key.txt\n", 1, "is no public key of age");
	CHECK(conf.encrypt.wanted);
	check_refused("encrypt ssh-ed25519 AAAA\n", 1, "is a key of SSH");
}

TEST(a_secret_key_is_refused_and_not_shown)
{
	char said[CONF_SAY_BYTES];

	check_refused("encrypt AGE-SECRET-KEY-" SECRET_LETTERS "\n", 1, "is a secret key");
	conf_say(&found.at[0], said);
	CHECK(!strstr(said, "EGTZ") && !strstr(said, "Q2P2"));
	check_refused("unheard AGE-SECRET-KEY-" SECRET_LETTERS "\n", 1, "unknown directive");
	conf_say(&found.at[0], said);
	CHECK(!strstr(said, "EGTZ"));
}

TEST(bounds)
{
	char file[8192] = "encrypt";
	char one[64];

	for (unsigned i = 0; i <= CONF_MAX_KEY_FILES; i++) {
		snprintf(one, sizeof(one), " /a%u", i);
		strcat(file, one);
	}
	check_refused(file, 1, "more than 8 files");
	strcpy(file, "encrypt");
	for (unsigned i = 0; i <= CONF_MAX_RECIPIENTS; i++) {
		strcat(file, " ");
		strcat(file, key((uint8_t)i));
	}
	check_refused(file, 1, "more than 32 keys");
	CHECK_EQ(conf.encrypt.n_keys, CONF_MAX_RECIPIENTS);
}
