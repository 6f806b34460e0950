/* SPDX-License-Identifier: MIT */
#include "lib/dumps/dump_name.h"

#include "tests/unit/test.h"

TEST(names)
{
	unsigned len;
	uint64_t t;

	CHECK(dump_name_parse("web1-20261123T142005Z-0a1b2c3d", &t, &len));
	CHECK_EQ(t, 1795443605);
	CHECK_EQ(len, 4);
	CHECK(dump_name_parse("a-b.c-19700101T000000Z-00000000", &t, &len));
	CHECK_EQ(t, 0);
	CHECK_EQ(len, 5);
	CHECK(!dump_name_parse("-20261123T142005Z-0a1b2c3d", &t, &len));
	CHECK(!dump_name_parse(".w-20261123T142005Z-0a1b2c3d", &t, &len));
	CHECK(!dump_name_parse("w-20261123T142005Z-0a1b2c3", &t, &len));
	CHECK(!dump_name_parse("w-20261123T142005Z-0a1b2c3G", &t, &len));
	CHECK(!dump_name_parse("w-20261123 142005Z-0a1b2c3d", &t, &len));
	CHECK(!dump_name_parse("w-00001123T142005Z-0a1b2c3d", &t, &len));
	CHECK(!dump_name_parse("w-20261123T142005Z-0a1b2c3d.old", &t, &len));
	CHECK(!dump_name_parse("", &t, &len));
}
