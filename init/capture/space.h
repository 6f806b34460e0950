/* SPDX-License-Identifier: MIT */
/*
 * Room on a target: will the dump fit, at which level, and what must go for it. All but the
 * helpers run in children.
 */
#ifndef INIT_CAPTURE_SPACE_H
#define INIT_CAPTURE_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/dump.h"
#include "init/capture/retention.h"
#include "init/system/child.h"
#include "init/target/target.h"

#define SPACE_LEVELS (COLLECTOR_LEVELS + 1) /* the config's, and the smallest */

struct space_order {
	const char *core; /* path */
	const struct target *target;
	const struct dump_options *opt; /* all but the level */
	unsigned levels[SPACE_LEVELS];	/* in the order in which they are tried */
	unsigned n_levels;
	uint64_t want_bytes;	/* space_make_room: what must be free beside min_free */
	uint64_t present_bytes; /* space_retain: size of the new dump */
};

enum space_verdict {
	SPACE_UNKNOWN, /* the target's free space is not known: the dump is tried */
	SPACE_FITS,    /* even if no page compresses */
	SPACE_FITS_MEASURED,
	SPACE_TOO_SMALL, /* for every level */
	SPACE_LOOP,	 /* crash_loop: no dump at all */
};

struct space_fit {
	enum space_verdict verdict;
	unsigned recent;      /* other crashes of this host within crash_loop's minutes */
	unsigned index;	      /* of the level that fits; n_levels - 1 when none does */
	uint64_t free, spare; /* without min_free; of old dumps that may go */
	uint64_t bound;	      /* size of the dump at most at levels[0]; 0: not counted */
	uint64_t need; /* at levels[index]: the bound, or as measured; 0: more than there is */
};

/*
 * Compares the dump's size with the room: by the pages that are kept, which takes milliseconds;
 * where that is not enough to decide, by a dump to nowhere at one level after the other until one
 * fits. ctx: struct space_order; answer: struct space_fit. An error means SPACE_UNKNOWN.
 */
int space_fit(const void *ctx, void *answer, struct child *self);

struct space_made {
	struct retention_gone gone;
	uint64_t free; /* without min_free */
};

/* Old dumps go until want_bytes are free beside min_free. ctx: struct space_order; answer: … */
int space_make_room(const void *ctx, void *answer, struct child *self);
/* `keep` and `keep_bytes`. Likewise. */
int space_retain(const void *ctx, void *answer, struct child *self);

/* May anything be removed at all? */
bool space_may_remove(const struct conf_keep *keep);

#endif
