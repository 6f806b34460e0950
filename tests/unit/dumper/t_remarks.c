/* SPDX-License-Identifier: MIT */
/*
 * Where a dump has more pages than its level explains: what is said, and that nothing is where
 * there is nothing.
 */
#include "dumper/remarks.h"

#include "tests/unit/test.h"

struct said {
	unsigned n;
	char line[8][320];
};

static void hear(void *ctx, const char *line)
{
	struct said *s = ctx;

	if (s->n < 8)
		snprintf(s->line[s->n], sizeof(s->line[0]), "%s", line);
	s->n++;
}

static struct said listen(const struct dump_stats *s)
{
	struct said said = { 0 };

	remarks_each(s, hear, &said);
	return said;
}

TEST(silent_where_the_level_explains_all)
{
	struct dump_stats s = { .pages = { [PAGE_KEEP] = 20000, [PAGE_FREE] = 100000 } };

	s.selfcheck.free_all = 100100;
	s.selfcheck.free_slack = 2000;
	CHECK_EQ(listen(&s).n, 0);
	/* some pages of a large machine say nothing of their own */
	s.pages_doubt = 78;
	CHECK_EQ(listen(&s).n, 0);
}

TEST(pieces_kept_whole)
{
	struct dump_stats s = { .units_unfiltered = 3, .pages_whole = 98304 };
	struct said said = listen(&s);

	CHECK_EQ(said.n, 1);
	CHECK_STR(said.line[0], "3 units of memory (98304 pages) kept whole: "
				"their struct pages cannot be read");
}

TEST(pages_in_doubt)
{
	struct dump_stats s = { .pages = { [PAGE_KEEP] = 20000 }, .pages_doubt = 79 };
	struct said said = listen(&s);

	CHECK_EQ(said.n, 1);
	CHECK(strstr(said.line[0], "79 pages kept in doubt"));
}

TEST(classes_that_are_off)
{
	struct dump_stats s = { .level_off = LEVEL_USER };
	struct said said;

	s.selfcheck.off = LEVEL_FREE;
	strcpy(s.selfcheck.why, "free pages: the kernel counts 1, struct pages say 2");
	said = listen(&s);
	CHECK_EQ(said.n, 2);
	CHECK(strstr(said.line[0], "level 8"));
	CHECK(strstr(said.line[1], "level 16 are kept: free pages: the kernel counts 1"));
	CHECK_STR(remarks_class(s.level_off | s.selfcheck.off, 0), "user");
	CHECK_STR(remarks_class(s.level_off | s.selfcheck.off, 1), "free");
	CHECK(!remarks_class(s.level_off | s.selfcheck.off, 2));
	CHECK_STR(remarks_class(LEVEL_ALL, 1), "cache_private");
	CHECK(!remarks_class(LEVEL_ZERO, 0));
}

TEST(free_pages_that_were_not_found)
{
	struct dump_stats s = { .pages = { [PAGE_KEEP] = 60000, [PAGE_FREE] = 60000 } };
	struct said said;

	s.selfcheck.free_all = 100000;
	s.selfcheck.free_slack = 2000;
	said = listen(&s);
	CHECK_EQ(said.n, 1);
	CHECK(strstr(said.line[0], "counts 100000 free pages, 60000 were found"));
	s.live = true;
	CHECK_EQ(listen(&s).n, 0);
	s.live = false;
	s.part = true;
	CHECK_EQ(listen(&s).n, 0);
	s.part = false;
	s.pages[PAGE_FREE] = 140000;
	CHECK_EQ(listen(&s).n, 0);
}

TEST(a_running_machine)
{
	struct dump_stats s = { .live = true, .memory_changed = true, .pages_lost = 2 };
	struct said said = listen(&s);

	CHECK_EQ(said.n, 2);
	CHECK(strstr(said.line[0], "2 pages could not be read"));
	CHECK(strstr(said.line[1], "got or lost memory"));
}
