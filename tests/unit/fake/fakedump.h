/* SPDX-License-Identifier: MIT */
/*
 * Dumps made by hand from a short description, by the formats' descriptions alone.
 *
 *	struct fakedump d;
 *	fakedump_open(&d, 12, 5000);
 *	fakedump_ram(&d, 0, 300);
 *	fakedump_pages(&d, 3, 4, FAKEDUMP_ZSTD);
 *	fakedump_write(&d, FAKEDUMP_TAIL); … d.file, d.path
 *	fakedump_close(&d);
 */
#ifndef TESTS_UNIT_FAKE_FAKEDUMP_H
#define TESTS_UNIT_FAKE_FAKEDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dumper/read/vmcore.h"

enum fakedump_kind {
	FAKEDUMP_NONE,
	FAKEDUMP_ZSTD,
	FAKEDUMP_ZLIB,
	FAKEDUMP_RAW,
	FAKEDUMP_ZERO,
	FAKEDUMP_LOST,
	FAKEDUMP_SAME, /* the bytes of frame 0, which must have some of its own */
	FAKEDUMP_LZO,  /* the flag of it */
};

enum fakedump_layout {
	FAKEDUMP_CLASSIC, /* index, page data */
	FAKEDUMP_TAIL,	  /* page data in chunks, index */
};

#define FAKEDUMP_FRAMES 40000u
#define FAKEDUMP_CHUNK	7u /* pages of a chunk */

struct fakedump_bytes {
	uint8_t *p;
	size_t len, room;
};

struct fakedump {
	unsigned shift;
	uint64_t max_mapnr;
	uint8_t ram[FAKEDUMP_FRAMES / 8];
	uint8_t kind[FAKEDUMP_FRAMES];
	bool split;
	uint64_t start, end; /* if split */
	uint32_t level;
	bool backwards; /* the chunks, but for the tokens of the spill */
	struct fakedump_bytes file;
	/* where things went */
	uint64_t data_off, ram_off, bits_off, desc_off;
	int fd;
	char path[40];
};

void fakedump_open(struct fakedump *d, unsigned shift, uint64_t max_mapnr);
void fakedump_close(struct fakedump *d);
void fakedump_ram(struct fakedump *d, uint64_t pfn, uint64_t n);
/* Sets their bits in the first bitmap too. */
void fakedump_pages(struct fakedump *d, uint64_t pfn, uint64_t n, enum fakedump_kind kind);

/* The file in d->file and at d->path. */
void fakedump_write(struct fakedump *d, enum fakedump_layout layout);

/* d->file once more to d->path: after it was changed. */
void fakedump_save(struct fakedump *d);

/* What page pfn holds. */
void fakedump_content(const struct fakedump *d, uint64_t pfn, uint8_t *page);

/* The file as a stream in records of at most piece bytes, without zeros, if so from the last on. */
void fakedump_flatten(struct fakedump_bytes *ret, const struct fakedump_bytes *file, size_t piece,
		      bool backwards);

/* The file in zstd frames of piece bytes each. */
void fakedump_zst(struct fakedump_bytes *ret, const struct fakedump_bytes *file, size_t piece,
		  bool table, bool content_size);

void fakedump_put(struct fakedump_bytes *b, const void *bytes, size_t n);
void fakedump_free(struct fakedump_bytes *b);

/* A file of these bytes; returns the descriptor, path has room for 40. */
int fakedump_file(const struct fakedump_bytes *b, char *path);

/* vmcore_open_set() of one file. -ENOTSUP, which it never gives: there is no reason for its error. */
int fakedump_vmcore(const char *path, unsigned flags, struct vmcore *v);

#endif
