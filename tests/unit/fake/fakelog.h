/* SPDX-License-Identifier: MIT */
/*
 * A printk ring buffer in a fake core that is written as the kernel writes it: descriptors,
 * infos and text blocks, with eviction and both wrap rules.
 */
#ifndef TESTS_UNIT_FAKE_FAKELOG_H
#define TESTS_UNIT_FAKE_FAKELOG_H

#include "tests/unit/fake/fakecore.h"

#define FAKELOG_DESC 24 /* SIZE(prb_desc) */
#define FAKELOG_INFO 88 /* SIZE(printk_info) */

struct fakelog {
	struct fake *core;
	unsigned count_bits, size_bits;
	uint64_t prb, descs, infos, text; /* physical */
	uint64_t head_id, tail_id;
	uint64_t head_lpos;
	uint64_t ts_nsec; /* of the next record */
	bool exact_fits; /* 6.19 and later (67e1b0052f6b): a block may end at the ring's very end */
};

/* Makes the ring and its names in VMCOREINFO; before fake_finish. */
void fakelog_open(struct fakelog *l, struct fake *core, unsigned count_bits, unsigned size_bits);
/* A record; len may be 0 (an empty line, without a data block). */
void fakelog_add(struct fakelog *l, const char *text, size_t len);
/* A record whose text did not fit: data-less. */
void fakelog_add_failed(struct fakelog *l);
/* The descriptor and info of record id. */
uint64_t *fakelog_desc(struct fakelog *l, uint64_t id); /* state, begin, next */
uint8_t *fakelog_info(struct fakelog *l, uint64_t id);

#endif
