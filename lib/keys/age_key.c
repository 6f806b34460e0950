/* SPDX-License-Identifier: MIT */
#include "lib/keys/age_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/cleanup.h"

#define PREFIX	 "age"
#define CHECKSUM 6 /* letters */

/* Bech32's remainder of a polynomial over GF(32), one more letter. */
static uint32_t add_letter(uint32_t sum, unsigned value)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
					      0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < ARRAY_LEN(generator); i++)
		sum ^= top >> i & 1 ? generator[i] : 0;
	return sum;
}

/* The prefix goes in twice: its letters' upper bits, a zero, their lower bits. */
static uint32_t start_sum(void)
{
	uint32_t sum = 1;

	for (const char *c = PREFIX; *c; c++)
		sum = add_letter(sum, (unsigned)*c >> 5);
	sum = add_letter(sum, 0);
	for (const char *c = PREFIX; *c; c++)
		sum = add_letter(sum, (unsigned)*c & 31);
	return sum;
}

/* The letters behind "age1" as groups of 5 bits. False: one of them is none of Bech32's. */
static bool read_letters(const char *text, size_t n, uint8_t *ret, uint32_t *ret_sum)
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	uint32_t sum = start_sum();

	for (size_t i = 0; i < n; i++) {
		const char *at = strchr(letters, text[i]);

		if (!at)
			return false;
		ret[i] = (uint8_t)(at - letters);
		sum = add_letter(sum, ret[i]);
	}
	*ret_sum = sum;
	return true;
}

/* 52 groups of 5 bits are 32 bytes and 4 bits, which are zero. */
static bool join_bits(const uint8_t *group, size_t n, uint8_t ret[AGE_KEY_BYTES])
{
	unsigned have = 0, bits = 0;
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		bits = (bits << 5 | group[i]) & 0xfff;
		have += 5;
		if (have < 8)
			continue;
		have -= 8;
		ret[len++] = (uint8_t)(bits >> have);
	}
	return !(bits & ((1u << have) - 1));
}

/*
 * The u coordinates of the points whose order divides 8, below 2^255 and reduced: 0, 1, two of
 * order 8, p - 1; the two that are p and p + 1 mean 0 and 1. The highest bit is ignored by X25519.
 */
static bool has_small_order(const uint8_t key[AGE_KEY_BYTES])
{
	static const uint8_t of_order_8[][AGE_KEY_BYTES] = {
		{ 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
		  0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
		  0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00 },
		{ 0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
		  0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
		  0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57 },
	};
	uint8_t low = 0, ones = 0xff;

	for (int i = 1; i < AGE_KEY_BYTES - 1; i++) {
		low |= key[i];
		ones &= key[i];
	}
	if (!low && !(key[31] & 0x7f) && key[0] <= 1)
		return true;
	/* p is 2^255 - 19 */
	if (ones == 0xff && (key[31] & 0x7f) == 0x7f && key[0] >= 0xec && key[0] <= 0xee)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(of_order_8); i++) {
		if (!memcmp(key, of_order_8[i], AGE_KEY_BYTES - 1) &&
		    (key[31] & 0x7f) == of_order_8[i][31])
			return true;
	}
	return false;
}

/* Keys of other kinds that people have beside age's own. */
static const char *other_kind(const char *text)
{
	if (!strncmp(text, AGE_SECRET, sizeof(AGE_SECRET) - 1))
		return "is a secret key, which belongs neither here nor into the image; write the "
		       "public key (age-keygen -y shows it)";
	if (!strncmp(text, "ssh-", 4) || !strncmp(text, "ecdsa-", 6))
		return "is a key of SSH; write one of age (age-keygen makes it)";
	if (!strncmp(text, "age1pq1", 7))
		return "is a post-quantum key, which is not supported; write an X25519 key "
		       "(age-keygen makes it)";
	if (!strncmp(text, "age1", 4) && strchr(text + 4, '1'))
		return "is a key of an age plugin, which is not supported; write an X25519 key "
		       "(age-keygen makes it)";
	return NULL;
}

const char *age_key_parse(const char *text, uint8_t ret[AGE_KEY_BYTES])
{
	uint8_t group[AGE_KEY_TEXT], key[AGE_KEY_BYTES];
	size_t n = AGE_KEY_TEXT - sizeof(PREFIX);
	const char *other = other_kind(text);
	uint32_t sum;

	if (other)
		return other;
	if (strlen(text) != AGE_KEY_TEXT || strncmp(text, PREFIX "1", sizeof(PREFIX)))
		return "is no public key of age, which begins with age1 and has 62 letters";
	if (!read_letters(text + sizeof(PREFIX), n, group, &sum) || sum != 1 ||
	    !join_bits(group, n - CHECKSUM, key))
		return "is mistyped: its checksum is wrong";
	if (has_small_order(key))
		return "is no usable key: everybody could open what is sealed to it";
	memcpy(ret, key, sizeof(key));
	return NULL;
}
