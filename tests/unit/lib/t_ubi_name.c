/* SPDX-License-Identifier: MIT */
#include "lib/ubi_name.h"

#include <string.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

TEST(names)
{
	struct ubi_name n;
	char longest[UBI_VOLUME_BYTES + 8] = "ubi0:";

	CHECK(ubi_name_split("ubi12:a b", &n));
	CHECK(!n.partition[0] && n.device == 12);
	CHECK_STR(n.volume, "a b");
	CHECK(ubi_name_split("/dev/ubi3_17", &n));
	CHECK(n.device == 3 && n.id == 17 && !n.volume[0]);
	CHECK(ubi_name_split("ubi!x", &n));
	CHECK(n.device == 0);
	CHECK_STR(n.volume, "x");
	CHECK(ubi_name_split("MTD=spi0.0:part:vol", &n));
	CHECK_STR(n.partition, "spi0.0:part");
	CHECK_STR(n.volume, "vol");
	memset(longest + 5, 'v', UBI_VOLUME_BYTES - 1);
	CHECK(ubi_name_split(longest, &n));
	longest[UBI_VOLUME_BYTES + 4] = 'v';
	CHECK(!ubi_name_split(longest, &n));
}

TEST(no_names)
{
	static const char *const wrong[] = { "",	"ubi",	    "ubi0",	    "ubi0_",
					     "ubi_1",	"ubi0_1x",  "ubi0:",	    "ubi:",
					     "ubix:a",	"/dev/vda", "MTD=",	    "MTD=a",
					     "MTD=a:",	"MTD=:v",   "UUID=a:b",	    "ubi0 1",
					     "/ubi0:a", "ubi-1:a",  "ubi1234567:a", "ubi0_999999" };
	struct ubi_name n;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (ubi_name_split(wrong[i], &n))
			printf("%s\n", wrong[i]);
		CHECK(!ubi_name_split(wrong[i], &n));
	}
}
