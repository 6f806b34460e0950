/* SPDX-License-Identifier: MIT */
/*
 * The sink, and the files that it makes before stock age: opened by each of its recipients, and
 * with one bit or byte of them changed by none.
 */
#include "seal/sink_age.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/wait.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/fake/ageopen.h"
#include "tests/unit/fake/memsink.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define RECIPIENTS 2

/* Keys of age-keygen's, a sink and what came out of it. */
struct sealed {
	struct tree tree;
	uint8_t keys[RECIPIENTS][AGE_KEY_BYTES];
	struct sink_age *sink;
	struct memsink m;
};

static int run(const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return WEXITSTATUS(system(line));
}

static void make_keys(struct sealed *s)
{
	s->tree = tree_make();
	for (int i = 0; i < RECIPIENTS; i++) {
		char path[32], text[256];
		size_t n;

		CHECK_EQ(run("age-keygen -o %s/key%d 2>/dev/null", s->tree.root, i), 0);
		CHECK_EQ(run("age-keygen -y %s/key%d >%s/public%d", s->tree.root, i, s->tree.root,
			     i),
			 0);
		snprintf(path, sizeof(path), "/public%d", i);
		CHECK_EQ(io_read_file(AT_FDCWD, tree_path(&s->tree, path), text, sizeof(text), &n),
			 0);
		text[strcspn(text, "\n")] = '\0';
		CHECK(!age_key_parse(text, s->keys[i]));
	}
}

static void seal(struct sealed *s, const void *plain, size_t n)
{
	s->sink = malloc(sizeof(*s->sink));
	memsink_open(&s->m, false);
	CHECK_EQ(sink_age_open(s->sink, &s->m.base, s->keys, RECIPIENTS), 0);
	CHECK_EQ(sink_put(&s->sink->base, 0, plain, n), 0);
	CHECK_EQ(sink_commit(&s->sink->base), 0);
	CHECK(s->m.committed);
}

static void sealed_close(struct sealed *s)
{
	memsink_close(&s->m);
	free(s->sink);
}

/* Does age open these bytes with key i, and gives it n bytes at plain? */
static bool age_opens(struct sealed *s, const uint8_t *file, size_t len, int i, const void *plain,
		      size_t n)
{
	char *got = NULL;
	size_t got_len = 0;
	bool same;

	tree_bytes(&s->tree, "/sealed", file, len);
	if (run("age -d -i %s/key%d %s/sealed >%s/opened 2>/dev/null", s->tree.root, i,
		s->tree.root, s->tree.root))
		return false;
	CHECK_EQ(io_load_file(AT_FDCWD, tree_path(&s->tree, "/opened"), 1 << 24, &got, &got_len),
		 0);
	same = got_len == n && (!n || !memcmp(got, plain, n));
	free(got);
	return same;
}

TEST(age_opens_what_is_sealed)
{
	static const size_t sizes[] = { 0,
					1,
					AGE_CHUNK_BYTES - 1,
					AGE_CHUNK_BYTES,
					AGE_CHUNK_BYTES + 1,
					3 * AGE_CHUNK_BYTES + 7 };
	uint8_t *plain = malloc(4 * AGE_CHUNK_BYTES);
	struct sealed s;

	make_keys(&s);
	for (size_t i = 0; i < 4 * AGE_CHUNK_BYTES; i++)
		plain[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		seal(&s, plain, sizes[i]);
		CHECK(age_opens(&s, s.m.buf, s.m.len, 0, plain, sizes[i]));
		CHECK(age_opens(&s, s.m.buf, s.m.len, 1, plain, sizes[i]));
		CHECK(!memmem(s.m.buf, s.m.len, plain, 16) || sizes[i] < 16);
		CHECK_EQ(s.m.jumps, 0);
		sealed_close(&s);
	}
	tree_remove(&s.tree);
	free(plain);
}

/* One bit of each byte, and each length, before age; each bit before ours, which is as strict. */
TEST(each_flipped_bit_and_each_cut_is_noticed)
{
	static const char plain[] = "BUG: kernel NULL pointer dereference";
	uint8_t secret[32];
	char text[256];
	struct sealed s;
	size_t n;

	make_keys(&s);
	seal(&s, plain, sizeof(plain));
	CHECK(age_opens(&s, s.m.buf, s.m.len, 1, plain, sizeof(plain)));
	for (size_t i = 0; i < s.m.len; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/all/bit%zu", i);
		s.m.buf[i] ^= (uint8_t)(1 << i % 8);
		tree_bytes(&s.tree, path, s.m.buf, s.m.len);
		s.m.buf[i] ^= (uint8_t)(1 << i % 8);
		snprintf(path, sizeof(path), "/all/cut%zu", i);
		tree_bytes(&s.tree, path, s.m.buf, i);
	}
	/* the ones that age takes all the same */
	CHECK_EQ(run("for f in %s/all/*; do ! age -d -i %s/key1 $f >/dev/null 2>&1 || exit 1; done",
		     s.tree.root, s.tree.root),
		 0);
	CHECK_EQ(io_read_file(AT_FDCWD, tree_path(&s.tree, "/key1"), text, sizeof(text), NULL), 0);
	ageopen_identity(strstr(text, AGE_SECRET), secret);
	free(ageopen(s.m.buf, s.m.len, secret, &n, NULL));
	CHECK_EQ(n, sizeof(plain));
	for (size_t i = 0; i < s.m.len * 8; i++) {
		s.m.buf[i / 8] ^= (uint8_t)(1 << i % 8);
		CHECK(!ageopen(s.m.buf, s.m.len, secret, &n, NULL));
		s.m.buf[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	sealed_close(&s);
	tree_remove(&s.tree);
}

/* A large file that loses a chunk, or gets its chunks in another order. */
TEST(chunks_have_their_places)
{
	const size_t step = AGE_CHUNK_BYTES + AGE_TAG_BYTES;
	uint8_t *plain = calloc(3, AGE_CHUNK_BYTES), *chunk = malloc(step);
	struct sealed s;
	uint8_t *first;

	make_keys(&s);
	seal(&s, plain, 3 * AGE_CHUNK_BYTES);
	first = s.m.buf + s.m.len - 3 * step;
	CHECK(!age_opens(&s, s.m.buf, s.m.len - step, 0, plain, 2 * AGE_CHUNK_BYTES));
	memcpy(chunk, first, step);
	memcpy(first, first + step, step);
	memcpy(first + step, chunk, step);
	CHECK(!age_opens(&s, s.m.buf, s.m.len, 0, plain, 3 * AGE_CHUNK_BYTES));
	sealed_close(&s);
	tree_remove(&s.tree);
	free(plain);
	free(chunk);
}

TEST(a_short_text_as_letters)
{
	static const char plain[] = "Kernel panic - not syncing: sysrq triggered crash";
	char text[AGE_ARMOR_BYTES(sizeof(plain))];
	static struct age_secrets secrets;
	struct sealed s;

	make_keys(&s);
	CHECK_EQ(age_draw(&secrets, RECIPIENTS), 0);
	CHECK_EQ(age_armor(s.keys, RECIPIENTS, &secrets, plain, text, sizeof(text)), 0);
	CHECK(age_opens(&s, (uint8_t *)text, strlen(text), 1, plain, strlen(plain)));
	CHECK_EQ(age_armor(s.keys, RECIPIENTS, &secrets, plain, text, 100), -ENOSPC);
	tree_remove(&s.tree);
}

/* ---------------------------------------------------------------- the sink */

TEST(bytes_come_in_order)
{
	struct sealed s;

	make_keys(&s);
	seal(&s, "", 0);
	sealed_close(&s);
	s.sink = malloc(sizeof(*s.sink));
	memsink_open(&s.m, true);
	CHECK_EQ(sink_age_open(s.sink, &s.m.base, s.keys, 1), 0);
	CHECK(!s.sink->base.rewrites && !s.sink->base.get);
	CHECK_EQ(sink_put(&s.sink->base, 1, "a", 1), -ESPIPE);
	CHECK_EQ(sink_put(&s.sink->base, 0, "a", 1), 0);
	CHECK_EQ(sink_put(&s.sink->base, 0, "a", 1), -ESPIPE);
	sink_abort(&s.sink->base);
	CHECK(s.m.aborted && !s.m.committed);
	sealed_close(&s);
	tree_remove(&s.tree);
}

TEST(errors_of_the_sink_below)
{
	uint8_t *plain = calloc(2, AGE_CHUNK_BYTES);
	struct sealed s;

	make_keys(&s);
	s.sink = malloc(sizeof(*s.sink));
	CHECK_EQ(sink_age_open(s.sink, &s.m.base, s.keys, 0), -EINVAL);
	for (unsigned fail = 1; fail <= 3; fail++) {
		memsink_open(&s.m, false);
		s.m.fail_put = fail;
		s.m.error = -ENOSPC;
		CHECK_EQ(sink_age_open(s.sink, &s.m.base, s.keys, 1), fail == 1 ? -ENOSPC : 0);
		if (fail > 1) {
			CHECK_EQ(sink_put(&s.sink->base, 0, plain, AGE_CHUNK_BYTES + 1),
				 fail == 2 ? -ENOSPC : 0);
			if (fail == 3) {
				CHECK_EQ(sink_commit(&s.sink->base), -ENOSPC);
				CHECK(s.m.aborted && !s.m.committed);
			}
		}
		memsink_close(&s.m);
	}
	free(s.sink);
	free(plain);
	tree_remove(&s.tree);
}
