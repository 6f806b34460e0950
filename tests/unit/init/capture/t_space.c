/* SPDX-License-Identifier: MIT */
/*
 * Does the dump of a fake machine fit on a target that says it has so many bytes?
 */
#include "init/capture/space_private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define NOW "web1-20261123T142005Z-0a1b2c3d"

static struct tree tree;
static uint64_t free_bytes;
static struct conf conf;

/* The oldest dump is worth 64 MiB. */
static int space(const struct target *t, uint64_t *ret, struct child *self)
{
	bool gone = access(tree_path(&tree, "/web1-20260101T000000Z-00000000"), F_OK);

	(void)self;
	/* one that must be connected says nothing before */
	if (t->kind->connect && t->connection != &free_bytes)
		return -ENOTCONN;
	*ret = free_bytes + (gone ? 64 << 20 : 0);
	return 0;
}

static int folder(const struct target *t)
{
	(void)t;
	return open(tree.root, O_RDONLY | O_DIRECTORY);
}

static int connect_server(struct target *t, struct child *self)
{
	(void)self;
	t->connection = &free_bytes;
	return 0;
}

static int refuse_server(struct target *t, struct child *self)
{
	(void)t, (void)self;
	return -ECONNREFUSED;
}

static const struct target_kind kind = { .space = space, .folder = folder };
static const struct target_kind server = { .space = space, .connect = connect_server };
static const struct target_kind refusing = { .space = space, .connect = refuse_server };
static const struct conf_target spec = { .kind = CONF_TARGET_FS, .where = "here" };
static const struct target target = { .kind = &kind, .conf = &conf, .spec = &spec, .folder = NOW };

static void old_dump(const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "/%s/vmcore", name);
	tree_text(&tree, path, "core");
	snprintf(path, sizeof(path), "/%s/kdump.json", name);
	tree_text(&tree, path, "{}");
}

static void begin(void)
{
	conf_init(&conf);
	tree = tree_make();
	old_dump("web1-20260101T000000Z-00000000");
	old_dump("web1-20260201T000000Z-00000000");
}

static int run(int (*job)(const void *, void *, struct child *), const struct space_order *o,
	       void *answer)
{
	struct child self = { .error = 0 };

	return job(o, answer, &self);
}

/* 2,048 pages of the kernel. */
static int fit_on(const struct target *t, uint64_t bytes, unsigned level, struct space_fit *ret)
{
	const struct dump_options opt = { .codec = DUMP_ZSTD };
	struct space_order o = { .target = t, .opt = &opt, .levels = { level, 31 }, .n_levels = 2 };
	struct fake f;
	int r;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_kernel_pages(&f, 0, 2048);
	fake_finish(&f);
	o.core = f.path;
	free_bytes = bytes;
	*ret = (struct space_fit){ .verdict = SPACE_UNKNOWN };
	r = run(space_fit, &o, ret);
	fake_close(&f);
	return r;
}

static struct space_fit fit_in(uint64_t bytes, unsigned level)
{
	struct space_fit fit;

	CHECK_EQ(fit_on(&target, bytes, level, &fit), 0);
	return fit;
}

TEST(bound_is_by_class)
{
	struct dump_stats s = { .pages = { [PAGE_KEEP] = 1000,
					   [PAGE_FREE] = 10,
					   [PAGE_CACHE] = 20,
					   [PAGE_CACHE_PRIVATE] = 40,
					   [PAGE_USER] = 80,
					   [PAGE_HWPOISON] = 160 } };
	uint64_t least = space_bound(&s, 31, 12, 0);

	CHECK(least >= 1000 * 4096 && least < 6000 * 4096);
	CHECK_EQ(space_bound(&s, 15, 12, 0) - least, 10 * (4096 + 64));
	CHECK_EQ(space_bound(&s, 29, 12, 0), least);
	CHECK_EQ(space_bound(&s, 25, 12, 0) - least, 60 * (4096 + 64));
	CHECK_EQ(space_bound(&s, 27, 12, 0) - least, 40 * (4096 + 64));
	CHECK_EQ(space_bound(&s, 23, 12, 0) - least, 80 * (4096 + 64));
	CHECK_EQ(space_bound(&s, 1, 12, 400) - least, 150 * (4096 + 64) + 100);
}

TEST(what_fits_at_its_largest_is_not_measured)
{
	struct space_fit fit;

	begin();
	fit = fit_in(1 << 30, 0);
	CHECK_EQ(fit.verdict, SPACE_FITS);
	CHECK_EQ(fit.index, 0);
	CHECK(fit.need == fit.bound && fit.need > 2048 * 4096);
	CHECK_EQ(fit.spare, 0);
	tree_remove(&tree);
}

TEST(what_may_not_fit_is_measured)
{
	struct space_fit fit;

	begin();
	fit = fit_in(6 << 20, 0);
	CHECK_EQ(fit.verdict, SPACE_FITS_MEASURED);
	CHECK_EQ(fit.index, 0);
	CHECK(fit.need && fit.need < 6 << 20);
	fit = fit_in(1000, 0);
	CHECK_EQ(fit.verdict, SPACE_TOO_SMALL);
	CHECK_EQ(fit.index, 1);
	CHECK_EQ(fit.need, 0);
	tree_remove(&tree);
}

TEST(min_free_is_not_room)
{
	begin();
	conf.keep.min_free = 1 << 30;
	CHECK_EQ(fit_in(1 << 30, 0).verdict, SPACE_TOO_SMALL);
	CHECK_EQ(fit_in(2u << 30, 0).verdict, SPACE_FITS);
	CHECK(fit_in(1 << 30, 0).spare > 0);
	tree_remove(&tree);
}

TEST(crash_loop)
{
	struct space_fit fit;

	begin();
	old_dump("web1-20261123T142000Z-00000000");
	conf.keep.loop_crashes = 3;
	conf.keep.loop_minutes = 10;
	fit = fit_in(1 << 30, 31);
	CHECK_EQ(fit.verdict, SPACE_FITS);
	CHECK_EQ(fit.recent, 1);
	old_dump("web1-20261123T141100Z-00000000");
	CHECK_EQ(fit_in(1 << 30, 31).verdict, SPACE_LOOP);
	tree_remove(&tree);
}

TEST(room_is_made_as_much_as_is_wanted)
{
	struct space_order o = { .target = &target, .want_bytes = 1 << 20 };
	struct space_made made = { .free = 0 };

	begin();
	free_bytes = 1 << 20;
	CHECK_EQ(run(space_make_room, &o, &made), 0);
	CHECK_EQ(made.gone.dumps, 0);
	free_bytes = 1000;
	CHECK_EQ(run(space_make_room, &o, &made), 0);
	CHECK_EQ(made.gone.dumps, 1);
	o.want_bytes = 1 << 30;
	CHECK_EQ(run(space_make_room, &o, &made), -ENOSPC);
	CHECK_EQ(made.gone.dumps, 1); /* the newest stays */
	tree_remove(&tree);
}

TEST(retain)
{
	struct space_order o = { .target = &target, .present_bytes = 100 };
	struct space_made made = { .free = 0 };

	begin();
	conf.keep.dumps = 2;
	CHECK_EQ(run(space_retain, &o, &made), 0);
	CHECK_EQ(made.gone.dumps, 1);
	tree_remove(&tree);
}

/* A server has no folder of old dumps here; it is asked behind the connection. */
TEST(a_server_is_asked)
{
	struct target t = target;
	struct space_fit fit;

	begin();
	t.kind = &server;
	CHECK_EQ(fit_on(&t, 1ull << 30, 0, &fit), 0);
	CHECK_EQ(fit.verdict, SPACE_FITS);
	CHECK_EQ(fit.spare, 0);
	CHECK_EQ(fit_on(&t, 1000, 0, &fit), 0);
	CHECK_EQ(fit.verdict, SPACE_TOO_SMALL);
	t.kind = &refusing;
	CHECK_EQ(fit_on(&t, 1ull << 30, 0, &fit), -ECONNREFUSED);
	CHECK_EQ(fit.verdict, SPACE_UNKNOWN);
	tree_remove(&tree);
}
