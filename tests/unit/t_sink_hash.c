/* SPDX-License-Identifier: MIT */
#include "init/sink_hash.h"

#include <errno.h>

#include "dumper/sink_count.h"
#include "tests/unit/test.h"

static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(in_order)
{
	struct sink_count below;
	struct sink_hash h;
	char text[SHA256_TEXT];

	sink_count_init(&below, true);
	sink_hash_init(&h, &below.base);
	CHECK(!h.base.rewrites && !h.base.get);
	CHECK_EQ(sink_put(&h.base, 0, "a", 1), 0);
	CHECK_EQ(sink_put(&h.base, 1, "bc", 2), 0);
	sink_hash_text(&h, text);
	CHECK_STR(text, abc);
	CHECK_EQ(below.bytes, 3);
	CHECK_EQ(sink_commit(&h.base), 0);
}

TEST(out_of_order_is_not_known)
{
	struct sink_count below;
	struct sink_hash h;
	char text[SHA256_TEXT];

	sink_count_init(&below, false);
	sink_hash_init(&h, &below.base);
	CHECK(h.base.rewrites && h.base.get);
	sink_put(&h.base, 1, "bc", 2);
	sink_put(&h.base, 0, "a", 1);
	sink_hash_text(&h, text);
	CHECK_STR(text, "");
	sink_abort(&h.base);
}
