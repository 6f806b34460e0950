/* SPDX-License-Identifier: MIT */
/*
 * A fake kernel and its core, opened: what tests of the kernel's memory share.
 */
#ifndef TESTS_UNIT_FAKE_FAKECRASH_H
#define TESTS_UNIT_FAKE_FAKECRASH_H

#include "dumper/kernel/crash.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

struct machine {
	struct fake f;
	struct crash c;
};

static inline void machine_start(struct machine *m)
{
	fake_finish(&m->f);
	CHECK_EQ(crash_open(m->f.path, &m->c), 0);
}

static inline void machine_close(struct machine *m)
{
	crash_close(&m->c);
	fake_close(&m->f);
}

static inline uint64_t machine_walk(struct machine *m, uint64_t va, uint64_t *len)
{
	uint64_t pa;

	return kmem_translate(&m->c.kmem, va, &pa, len) ? ~0ull : pa;
}

#endif
