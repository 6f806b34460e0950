/* SPDX-License-Identifier: MIT */
#include "lib/seal.h"

#include "tests/unit/test.h"

TEST(seal_holds_until_a_bit_changes)
{
	char text[200] = "path /a\next4 LABEL=x\n";
	size_t len = strlen(text);

	CHECK(!seal_holds(text, len));
	seal_line(text, len, text + len);
	len = strlen(text);
	CHECK_EQ(text[len - 1], '\n');
	CHECK(seal_holds(text, len));
	for (size_t i = 0; i < len; i++) {
		text[i] ^= 4;
		CHECK(!seal_holds(text, len));
		text[i] ^= 4;
	}
	CHECK(!seal_holds(text, len - 1));
	CHECK(!seal_holds(text + 1, len - 1));
	CHECK(!seal_holds("", 0));
}
