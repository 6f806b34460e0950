/* SPDX-License-Identifier: MIT */
/*
 * One function for each kind of remark.
 */
#include "dumper/remarks.h"

#include <inttypes.h>
#include <stdio.h>

#include "dumper/filter/page_class.h"
#include "lib/cleanup.h"

/* A few pages in doubt are on every machine; this part of the kept ones is no longer a few. */
#define DOUBT_PART 256

static const struct {
	unsigned bits;
	enum page_class class;
} classes[] = {
	{ LEVEL_CACHE, PAGE_CACHE },
	{ LEVEL_CACHE_PRIVATE, PAGE_CACHE_PRIVATE },
	{ LEVEL_USER, PAGE_USER },
	{ LEVEL_FREE, PAGE_FREE },
};

const char *remarks_class(unsigned level, unsigned i)
{
	for (unsigned k = 0; k < ARRAY_LEN(classes); k++) {
		if (level & classes[k].bits && !i--)
			return page_class_name(classes[k].class);
	}
	return NULL;
}

static bool level_off(const struct dump_stats *s, char *line, size_t size)
{
	snprintf(line, size, "this kernel does not tell how to find the pages of level %u: kept",
		 s->level_off);
	return s->level_off;
}

static bool checked_off(const struct dump_stats *s, char *line, size_t size)
{
	snprintf(line, size, "pages of level %u are kept: %s", s->selfcheck.off, s->selfcheck.why);
	return s->selfcheck.off;
}

static bool whole(const struct dump_stats *s, char *line, size_t size)
{
	snprintf(line, size,
		 "%" PRIu64 " units of memory (%" PRIu64 " pages) kept whole: "
		 "their struct pages cannot be read",
		 s->units_unfiltered, s->pages_whole);
	return s->units_unfiltered;
}

static bool doubt(const struct dump_stats *s, char *line, size_t size)
{
	snprintf(line, size, "%" PRIu64 " pages kept in doubt: their struct pages make no sense",
		 s->pages_doubt);
	return s->pages_doubt > s->pages[PAGE_KEEP] / DOUBT_PART;
}

/* The kernel counts free pages itself. On a running machine both numbers move. */
static bool not_free(const struct dump_stats *s, char *line, size_t size)
{
	const struct selfcheck_result *c = &s->selfcheck;
	uint64_t out = s->pages[PAGE_FREE];

	snprintf(line, size,
		 "the kernel counts %" PRIu64 " free pages, %" PRIu64
		 " were found and excluded: the others are kept",
		 c->free_all, out);
	return out && !s->live && !s->part && out < c->free_all && !selfcheck_free_fits(c, out);
}

static bool lost(const struct dump_stats *s, char *line, size_t size)
{
	snprintf(line, size, "%" PRIu64 " pages could not be read; the dump marks them as lost",
		 s->pages_lost);
	return s->pages_lost;
}

static bool changed(const struct dump_stats *s, char *line, size_t size)
{
	snprintf(line, size,
		 "the machine got or lost memory while it was read: "
		 "what came is missing, what went is zeros");
	return s->memory_changed;
}

static bool (*const remarks[])(const struct dump_stats *s, char *line, size_t size) = {
	level_off, checked_off, whole, doubt, not_free, lost, changed,
};

void remarks_each(const struct dump_stats *s, void (*say)(void *ctx, const char *line), void *ctx)
{
	char line[320];

	for (size_t i = 0; i < ARRAY_LEN(remarks); i++) {
		if (remarks[i](s, line, sizeof(line)))
			say(ctx, line);
	}
}
