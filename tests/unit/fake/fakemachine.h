/* SPDX-License-Identifier: MIT */
/*
 * A machine of 2048 page frames: kernel memory, and a page of each class.
 */
#ifndef TESTS_UNIT_FAKE_FAKEMACHINE_H
#define TESTS_UNIT_FAKE_FAKEMACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/unit/fake/fakecore.h"

/* Frames of the test's machine: kernel memory but for these. */
enum {
	FREE_AT = 1024,
	CACHE_AT = 1100,
	CACHE_PRIVATE_AT = 1101,
	USER_AT = 1102,
	ZERO_AT = 1103,
	HUGE_AT = 1536,
	OFFLINE_AT = 1200,
	POISON_AT = 1201,
	NOISE_AT = 1300
};

/* The core; fake_close() ends it. */
void fakemachine_make(struct fake *f, enum fake_kernel k);
/* Does a dump of this level lack the frame? */
bool fakemachine_left_out(uint64_t pfn, unsigned level);

#endif
