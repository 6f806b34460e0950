/* SPDX-License-Identifier: MIT */
/*
 * Why ours differs from makedumpfile in one page, by the dumper's own rules.
 */
#ifndef TESTS_COMPARE_EXPLAIN_H
#define TESTS_COMPARE_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

struct explain;

/* NULL: cannot be read. */
struct explain *explain_open(const char *core);
void explain_close(struct explain *e);

/* A literal, or NULL if no known reason fits. missing: ours lacks the page. */
const char *explain_page(struct explain *e, uint64_t pfn, bool missing);

#endif
