/* SPDX-License-Identifier: MIT */
#include "init/target/sink_hash.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/test.h"

static int result; /* of the sink below */

static int put_nowhere(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	(void)s, (void)off, (void)buf, (void)len;
	return result;
}

static struct sink nowhere = { .put = put_nowhere, .rewrites = true, .zeros = true };
static struct sink_hash hash;
static struct digest digest;

/* sha256sum of "abc" */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void begin(void)
{
	result = 0;
	sink_hash_init(&hash, &nowhere);
	CHECK(hash.base.rewrites && hash.base.zeros && !hash.base.get);
}

static int put(uint64_t off, const char *text)
{
	return sink_put(&hash.base, off, text, strlen(text));
}

TEST(in_order)
{
	begin();
	put(0, "a");
	put(1, "bc");
	sink_hash_digest(&hash, &digest);
	CHECK_EQ(digest.head_bytes, 0);
	CHECK_EQ(digest.body_bytes, 3);
	CHECK_STR(digest.body, ABC);
	CHECK_STR(digest.head, "");
}

TEST(the_front_comes_last)
{
	begin();
	put(3, "a");
	put(4, "bc");
	put(0, "abc");
	sink_hash_digest(&hash, &digest);
	CHECK_EQ(digest.head_bytes, 3);
	CHECK_EQ(digest.body_bytes, 3);
	CHECK_STR(digest.body, ABC);
	CHECK_STR(digest.head, ABC);
}

TEST(holes_are_zeros)
{
	static const char zeros[9000];
	struct digest put_all;

	begin();
	put(0, "a");
	sink_put(&hash.base, 1, zeros, sizeof(zeros));
	put(9001, "b");
	sink_hash_digest(&hash, &put_all);
	begin();
	put(0, "a");
	put(9001, "b");
	sink_hash_digest(&hash, &digest);
	CHECK_STR(digest.body, put_all.body);
	CHECK_EQ(digest.body_bytes, 9002);
}

static void expect_none(void)
{
	sink_hash_digest(&hash, &digest);
	CHECK_STR(digest.body, "");
	CHECK_STR(digest.head, "");
	CHECK_EQ(digest.body_bytes, 0);
}

TEST(other_orders_have_none)
{
	begin();
	put(3, "abc");
	expect_none(); /* the front never came */
	begin();
	put(3, "abc");
	put(0, "ab"); /* not all of it */
	expect_none();
	begin();
	put(3, "abc");
	put(0, "abc");
	put(6, "d"); /* and on */
	expect_none();
	begin();
	put(0, "abc");
	put(0, "abc");
	expect_none();
	begin();
	put(0, "abc");
	sink_cut(&hash.base, 1);
	expect_none();
}

TEST(what_was_not_put)
{
	begin();
	put(0, "abc");
	result = -ENOSPC;
	CHECK_EQ(put(3, "d"), -ENOSPC);
	expect_none();
}
