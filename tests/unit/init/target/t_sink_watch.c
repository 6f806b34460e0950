/* SPDX-License-Identifier: MIT */
#include "init/target/sink_watch.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

/* A sink that looks at what its watcher tells at that moment. */
struct probe {
	struct sink base;
	struct child *self;
	int error;
	int puts, commits, aborts, seen_inside;
};

static int probe_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct probe *p = container_of(s, struct probe, base);

	(void)off, (void)buf, (void)len;
	p->puts++;
	p->seen_inside += atomic_load(&p->self->in_target);
	return p->error;
}

static int probe_get(struct sink *s, uint64_t off, void *buf, size_t len)
{
	struct probe *p = container_of(s, struct probe, base);

	(void)off;
	memset(buf, 'x', len);
	p->seen_inside += atomic_load(&p->self->in_target);
	return p->error;
}

static int probe_commit(struct sink *s)
{
	struct probe *p = container_of(s, struct probe, base);

	p->commits++;
	p->seen_inside += atomic_load(&p->self->in_target);
	return p->error;
}

static void probe_abort(struct sink *s)
{
	struct probe *p = container_of(s, struct probe, base);

	p->aborts++;
	p->seen_inside += atomic_load(&p->self->in_target);
}

TEST(counts_and_tells)
{
	struct child self = { 0 };
	struct probe p = { .base = { .put = probe_put,
				     .commit = probe_commit,
				     .abort = probe_abort,
				     .rewrites = true },
			   .self = &self };
	struct sink_watch w;

	sink_watch_init(&w, &p.base, &self);
	CHECK(w.base.rewrites);
	CHECK_EQ(sink_put(&w.base, 0, "abc", 3), 0);
	CHECK_EQ(sink_put(&w.base, 3, "de", 2), 0);
	CHECK_EQ(sink_commit(&w.base), 0);
	sink_abort(&w.base);
	CHECK_EQ(atomic_load(&self.moved), 5);
	CHECK_EQ(w.bytes, 5);
	CHECK_EQ(p.seen_inside, 4);
	CHECK_EQ(p.puts + p.commits + p.aborts, 4);
	CHECK_EQ(atomic_load(&self.in_target), 0);
	CHECK_EQ(self.target_error, 0);
}

TEST(first_error_is_kept_and_nothing_counted)
{
	struct child self = { 0 };
	struct probe p = {
		.base = { .put = probe_put, .commit = probe_commit, .abort = probe_abort },
		.self = &self,
		.error = -ENOSPC
	};
	struct sink_watch w;

	sink_watch_init(&w, &p.base, &self);
	CHECK(!w.base.rewrites);
	CHECK_EQ(sink_put(&w.base, 0, "abc", 3), -ENOSPC);
	p.error = -EIO;
	CHECK_EQ(sink_commit(&w.base), -EIO);
	CHECK_EQ(self.target_error, -ENOSPC);
	CHECK_EQ(atomic_load(&self.moved), 0);
}

/* Less is tried then, and a part is kept. */
TEST(a_used_up_quota_is_a_full_target)
{
	struct child self = { 0 };
	struct probe p = { .base = { .put = probe_put, .commit = probe_commit },
			   .self = &self,
			   .error = -EDQUOT };
	struct sink_watch w;

	sink_watch_init(&w, &p.base, &self);
	CHECK_EQ(sink_put(&w.base, 0, "abc", 3), -ENOSPC);
	CHECK_EQ(self.target_error, -ENOSPC);
	CHECK_STR(self.why, strerror(EDQUOT));
	CHECK_EQ(sink_commit(&w.base), -ENOSPC);
}

TEST(reads_back_only_where_the_target_does)
{
	struct child self = { 0 };
	struct probe p = { .base = { .put = probe_put, .get = probe_get }, .self = &self };
	struct probe blind = { .base = { .put = probe_put }, .self = &self };
	struct sink_watch w;
	char buf[2] = "";

	sink_watch_init(&w, &blind.base, &self);
	CHECK(!w.base.get);
	sink_watch_init(&w, &p.base, &self);
	CHECK_EQ(w.base.get(&w.base, 0, buf, 1), 0);
	CHECK_STR(buf, "x");
	CHECK_EQ(p.seen_inside, 1);
	p.error = -EIO;
	CHECK_EQ(w.base.get(&w.base, 0, buf, 1), -EIO);
	CHECK_EQ(self.target_error, -EIO);
}

static int probe_keep(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct probe *p = container_of(s, struct probe, base);

	(void)off, (void)buf, (void)len;
	p->seen_inside += 100 * atomic_load(&p->self->in_target);
	return p->error;
}

/* What will be read back is told as such to the sink below, which may lay it somewhere else. */
TEST(what_is_kept_stays_kept)
{
	struct child self = { 0 };
	struct probe p = { .base = { .put = probe_put, .keep = probe_keep }, .self = &self };
	struct sink_watch w;

	sink_watch_init(&w, &p.base, &self);
	CHECK_EQ(sink_keep(&w.base, 0, "abc", 3), 0);
	CHECK(p.seen_inside == 100 && !p.puts);
	CHECK_EQ(w.bytes, 3);
	p.error = -EIO;
	CHECK_EQ(sink_keep(&w.base, 3, "d", 1), -EIO);
	CHECK_EQ(self.target_error, -EIO);
	CHECK_EQ(w.bytes, 3);
}
