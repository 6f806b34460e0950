/* SPDX-License-Identifier: MIT */
/*
 * The sinks of the command: one that counts, one for pipes.
 */
#include "dumper/sink/sink_count.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "dumper/sink/sink_stream.h"
#include "tests/unit/test.h"

TEST(counts_the_end)
{
	struct sink_count c;
	char buf[8] = "";

	sink_count_init(&c, false);
	CHECK_EQ(sink_put(&c.base, 100, buf, 8), 0);
	CHECK_EQ(sink_put(&c.base, 0, buf, 8), 0);
	CHECK_EQ(c.bytes, 108);
	CHECK(c.base.rewrites);
	CHECK_EQ(sink_commit(&c.base), 0);
}

TEST(remembers_what_will_be_read)
{
	struct sink_count c;
	char buf[8];

	sink_count_init(&c, false);
	CHECK_EQ(sink_keep(&c.base, 1000, "12345678", 8), 0);
	CHECK_EQ(sink_keep(&c.base, 3000, "abcdefgh", 8), 0);
	CHECK_EQ(c.bytes, 3008);
	CHECK_EQ(c.base.get(&c.base, 1000, buf, 8), 0);
	CHECK(!memcmp(buf, "12345678", 8));
	CHECK_EQ(c.base.get(&c.base, 3004, buf, 4), 0);
	CHECK(!memcmp(buf, "efgh", 4));
	CHECK_EQ(c.base.get(&c.base, 3004, buf, 5), -ENODATA);
	CHECK_EQ(c.base.get(&c.base, 0, buf, 1), -ENODATA);
	sink_abort(&c.base);
	CHECK(!c.kept);
}

TEST(a_stream_takes_bytes_in_order)
{
	struct sink_stream s;
	char back[8];
	int ends[2];

	CHECK_EQ(pipe(ends), 0);
	sink_stream_init(&s, ends[1]);
	CHECK(!s.base.rewrites && !s.base.get);
	CHECK(fcntl(ends[1], F_GETPIPE_SZ) == 1 << 20 || geteuid());
	CHECK_EQ(sink_put(&s.base, 0, "abcd", 4), 0);
	CHECK_EQ(sink_put(&s.base, 5, "x", 1), -ESPIPE);
	CHECK_EQ(sink_put(&s.base, 4, "efgh", 4), 0);
	CHECK_EQ(sink_commit(&s.base), 0);
	CHECK_EQ(read(ends[0], back, 8), 8);
	CHECK(!memcmp(back, "abcdefgh", 8));
	close(ends[0]);
	close(ends[1]);
}
