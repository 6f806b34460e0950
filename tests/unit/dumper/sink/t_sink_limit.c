/* SPDX-License-Identifier: MIT */
#include "dumper/sink/sink_limit.h"

#include <errno.h>

#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

TEST(full_at_the_limit)
{
	char bytes[100] = "first", back[5];
	struct memsink m;
	struct sink_limit l;

	memsink_open(&m, true);
	sink_limit_init(&l, &m.base, 50);
	CHECK(l.base.rewrites);
	CHECK_EQ(sink_put(&l.base, 0, bytes, 50), 0);
	CHECK_EQ(l.base.get(&l.base, 0, back, 5), 0);
	CHECK(!memcmp(back, "first", 5));
	CHECK(!l.reached);
	CHECK_EQ(sink_put(&l.base, 49, bytes, 2), -ENOSPC);
	CHECK(l.reached);
	CHECK_EQ(sink_put(&l.base, UINT64_MAX, bytes, 2), -ENOSPC);
	CHECK_EQ(sink_keep(&l.base, 50, bytes, 1), -ENOSPC);
	CHECK_EQ(sink_keep(&l.base, 10, bytes, 1), 0);
	CHECK_EQ(m.len, 50);
	CHECK_EQ(sink_commit(&l.base), 0);
	CHECK(m.committed);
	memsink_close(&m);
}

TEST(a_stream_stays_one)
{
	struct memsink m;
	struct sink_limit l;

	memsink_open(&m, false);
	m.base.rewrites = false;
	sink_limit_init(&l, &m.base, 50);
	CHECK(!l.base.get);
	CHECK(!l.base.rewrites);
	sink_abort(&l.base);
	CHECK(m.aborted);
	memsink_close(&m);
}
