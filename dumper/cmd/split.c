/* SPDX-License-Identifier: MIT */
#include "dumper/cmd/split.h"

#include <errno.h>

#include "dumper/filter/units.h"
#include "lib/bits.h"
#include "lib/cleanup.h"

/* Kept pages of each unit, in order. */
struct tally {
	struct tally_unit {
		uint64_t pfn;
		uint32_t kept;
	} * units;
	size_t n, room;
	uint64_t kept;
};

static int add_unit(void *ctx, const struct filter_unit *u)
{
	struct tally *t = ctx;

	if (t->n == t->room) {
		size_t room = t->room ? t->room * 2 : 1024;
		struct tally_unit *more = reallocarray(t->units, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		t->units = more;
		t->room = room;
	}
	t->units[t->n++] = (struct tally_unit){ u->pfn, bits_count(u->kept, u->n) };
	t->kept += t->units[t->n - 1].kept;
	return 0;
}

/* A part ends where its share is full, or would be fuller than it is short without the unit. */
static void cut_parts(const struct tally *t, unsigned n, uint64_t *bounds)
{
	uint64_t sum = 0;
	unsigned part = 1;

	for (size_t i = 0; i < t->n && part < n; i++) {
		uint64_t goal = t->kept / n * part, with = sum + t->units[i].kept;

		while (part < n && with > goal && with - goal > goal - (sum < goal ? sum : goal)) {
			bounds[part++] = t->units[i].pfn;
			goal = t->kept / n * part;
		}
		sum = with;
	}
	while (part < n) {
		bounds[part] = bounds[n];
		part++;
	}
}

int split_plan(struct crash *c, const struct dump_options *opt, unsigned n, uint64_t *bounds)
{
	struct tally t = { 0 };
	unsigned shift = c->vmcore.page_shift;
	int r = units_each(c, opt->level, opt->exclude_struct_pages, add_unit, &t);

	bounds[0] = 0;
	bounds[n] = (vmcore_end(&c->vmcore) + (1ull << shift) - 1) >> shift;
	if (!r)
		cut_parts(&t, n, bounds);
	free(t.units);
	return r;
}
