/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/dmtable.h"

#include <errno.h>

#include "tests/unit/test.h"

TEST(words)
{
	const char *rest = " a  254:1 \n b";
	char word[DMTABLE_WORD], big[DMTABLE_WORD + 2];

	CHECK_EQ(dmtable_word(&rest, word), 1);
	CHECK_STR(word, "a");
	CHECK_EQ(dmtable_word(&rest, word), 1);
	CHECK_STR(word, "254:1");
	/* a line ends the table's line */
	CHECK_EQ(dmtable_word(&rest, word), 0);
	CHECK_EQ(dmtable_word(&rest, word), 0);
	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	rest = big;
	CHECK_EQ(dmtable_word(&rest, word), -E2BIG);
	big[DMTABLE_WORD - 1] = '\0';
	rest = big;
	CHECK_EQ(dmtable_word(&rest, word), 1);
	CHECK_EQ(strlen(word), DMTABLE_WORD - 1);
}

TEST(devices)
{
	CHECK(dmtable_is_device("254:0"));
	CHECK(dmtable_is_device("8:16"));
	CHECK(!dmtable_is_device("8:"));
	CHECK(!dmtable_is_device(":8"));
	CHECK(!dmtable_is_device("8:16x"));
	CHECK(!dmtable_is_device("sector_size:4096"));
	CHECK(!dmtable_is_device(":64:logon:x"));
	CHECK(!dmtable_is_device("8"));
	CHECK(!dmtable_is_device(""));
}

TEST(keys)
{
	CHECK_EQ(dmtable_key_bytes(":64:logon:cryptsetup:x-d0"), 64);
	CHECK_EQ(dmtable_key_bytes("00112233"), 4);
	CHECK_EQ(dmtable_key_bytes("-"), 0);
	CHECK_EQ(dmtable_key_bytes(":x"), 0);
}
