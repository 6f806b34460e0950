/* SPDX-License-Identifier: MIT */
/*
 * Reads kdump-compressed files from memory by the format's description alone, without the dumper's
 * code, and takes flattened streams apart.
 */
#ifndef TESTS_UNIT_FAKE_KDUMPREAD_H
#define TESTS_UNIT_FAKE_KDUMPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kdumpread {
	const uint8_t *file;
	uint64_t len;
	uint32_t block;
	uint64_t max_mapnr;
	uint64_t first, last; /* frames of a part of a split dump; else all */
	uint64_t pages;	      /* bits of the second bitmap between them */
	const uint8_t *ram, *dumped, *desc;
	uint64_t note_off, note_len, info_off, info_len;
	int32_t level;
};

/* False: not a whole file of that format, by the checks that stock readers make. */
bool kdumpread_open(struct kdumpread *d, const uint8_t *file, uint64_t len);
bool kdumpread_ram(const struct kdumpread *d, uint64_t pfn);
bool kdumpread_dumped(const struct kdumpread *d, uint64_t pfn);

enum kdumpread_page { KDUMPREAD_OK, KDUMPREAD_EXCLUDED, KDUMPREAD_LOST, KDUMPREAD_BAD };
/* The bytes of one page. ret_off, which may be NULL: where they stand in the file. */
enum kdumpread_page kdumpread_page(const struct kdumpread *d, uint64_t pfn, uint8_t *buf,
				   uint64_t *ret_off);

/*
 * A flattened stream → the file, in memory that the caller frees. NULL: broken, without an end,
 * or with records that overlap.
 */
uint8_t *kdumpread_unflatten(const uint8_t *stream, uint64_t len, uint64_t *ret_len);

#endif
