/* SPDX-License-Identifier: MIT */
#include "lib/keys/age_key.h"

#include "lib/cleanup.h"
#include "tests/unit/fake/ageopen.h"
#include "tests/unit/test.h"

/* Of CCTV's identity, whose public half tests/data/age was sealed to. */
static const char identity[] =
	"AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";
static const char known[] = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z";

static void check_wrong(const char *text, const char *words)
{
	uint8_t key[AGE_KEY_BYTES];
	const char *why = age_key_parse(text, key);

	CHECK(why && strstr(why, words));
	if (why && !strstr(why, words))
		printf("%s: %s\n", text, why);
}

TEST(a_key_is_its_bytes)
{
	uint8_t secret[32], public[32], key[AGE_KEY_BYTES];
	char text[63];

	ageopen_identity(identity, secret);
	ageopen_public(secret, public, text);
	CHECK(!age_key_parse(text, key));
	CHECK(!memcmp(key, public, sizeof(key)));
	/* of age's own specification */
	CHECK(!age_key_parse(known, key));
}

TEST(each_wrong_letter_is_found)
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	char text[AGE_KEY_TEXT + 1];
	uint8_t key[AGE_KEY_BYTES];
	unsigned n = 0;

	for (size_t i = 4; i < AGE_KEY_TEXT; i++) {
		for (const char *c = letters; *c; c++) {
			strcpy(text, known);
			text[i] = *c;
			n += age_key_parse(text, key) != NULL;
		}
	}
	CHECK_EQ(n, (AGE_KEY_TEXT - 4) * 31);
}

TEST(what_is_no_key)
{
	char text[AGE_KEY_TEXT + 2];

	check_wrong("", "no public key of age");
	check_wrong("age1", "no public key of age");
	strcpy(text, known);
	text[10] = 'b';
	check_wrong(text, "mistyped");
	strcpy(text, known);
	text[10] = 'B';
	check_wrong(text, "mistyped");
	strcpy(text, known);
	strcat(text, "q");
	check_wrong(text, "no public key of age");
	strcpy(text, known);
	text[AGE_KEY_TEXT - 1] = '\0';
	check_wrong(text, "no public key of age");
}

TEST(other_kinds_of_keys_are_named)
{
	check_wrong(identity, "is a secret key");
	check_wrong("ssh-ed25519 AAAA", "key of SSH");
	check_wrong("age1pq1qqq", "post-quantum");
	check_wrong("age1yubikey1qqqqqq", "plugin");
}

/* RFC 7748 6.1: with such a point every secret gives the same result. */
TEST(points_of_small_order_are_refused)
{
	uint8_t keys[7][32] = { { 0 }, { 1 } };
	char text[63];

	memset(keys[2], 0xff, 96);
	keys[2][0] = 0xec;
	keys[3][0] = 0xed;
	keys[4][0] = 0xee;
	keys[2][31] = keys[3][31] = keys[4][31] = 0x7f;
	memcpy(keys[5],
	       "\xe0\xeb\x7a\x7c\x3b\x41\xb8\xae\x16\x56\xe3\xfa\xf1\x9f\xc4\x6a"
	       "\xda\x09\x8d\xeb\x9c\x32\xb1\xfd\x86\x62\x05\x16\x5f\x49\xb8\x00",
	       32);
	memcpy(keys[6],
	       "\x5f\x9c\x95\xbc\xa3\x50\x8c\x24\xb1\xd0\xb1\x55\x9c\x83\xef\x5b"
	       "\x04\x44\x5c\xc4\x58\x1c\x8e\x86\xd8\x22\x4e\xdd\xd0\x9f\x11\x57",
	       32);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		ageopen_text(keys[i], text);
		check_wrong(text, "no usable key");
		keys[i][31] |= 0x80;
		ageopen_text(keys[i], text);
		check_wrong(text, "no usable key");
	}
	keys[0][31] = 0;
	keys[0][5] = 1;
	ageopen_text(keys[0], text);
	CHECK(!age_key_parse(text, keys[1]));
	CHECK(!memcmp(keys[0], keys[1], 32));
}
