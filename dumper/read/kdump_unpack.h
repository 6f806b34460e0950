/* SPDX-License-Identifier: MIT */
/*
 * Pages out of a kdump-compressed dump: finds the part, the place, the bytes, and unpacks them.
 */
#ifndef DUMPER_READ_KDUMP_UNPACK_H
#define DUMPER_READ_KDUMP_UNPACK_H

#include <pthread.h>

#include "dumper/compress/compress.h"
#include "dumper/read/kdump_file.h"

#define UNPACK_RECENT 8

/* One reader, one owner. */
struct kdump_unpack {
	struct decompressor zip;
	struct kdump_cursor cursor;
	uint8_t *in; /* packed bytes of a part, read ahead */
	const struct kdump_file *in_part;
	uint64_t in_off;
	size_t in_len;
	uint8_t *block; /* what kdump_unpack_part took last apart; NULL: nothing yet */
	uint64_t block_pfn;
};

/* All parts of a dump. */
struct kdump_set {
	struct kdump_file *parts; /* by start */
	unsigned n;
	/* in blocks, in which pfn below counts too: a page of the kernel, or several (read_kdump.c) */
	unsigned shift;
	uint64_t max_mapnr;
	uint64_t ram_blocks, ram_end; /* of RAM, and the first one behind the last */
	/* for single pages: a reader of all threads and the pages it unpacked last */
	pthread_mutex_t lock;
	struct kdump_unpack shared;
	uint8_t *recent; /* UNPACK_RECENT pages */
	uint64_t recent_pfn[UNPACK_RECENT];
};

/* 0 or -ENOMEM; kdump_unpack_close may follow in either case. */
int kdump_unpack_open(struct kdump_unpack *u);
void kdump_unpack_close(struct kdump_unpack *u);

/*
 * Where the page at pfn is, and in which part. 0; -ENOENT: no part has it; -EIO: lost (*ret has
 * offset 0), cut off or outside the file.
 */
int kdump_unpack_find(struct kdump_unpack *u, const struct kdump_set *set, uint64_t pfn,
		      struct kdump_page *ret);

/*
 * The page that was found last into dst. 0; -EIO: cannot be read; -EBADMSG: its bytes do not give a
 * page; -EOPNOTSUPP: a codec that is not known.
 */
int kdump_unpack_found(struct kdump_unpack *u, const struct kdump_page *d, void *dst);

/* Both. */
int kdump_unpack_page(struct kdump_unpack *u, const struct kdump_set *set, uint64_t pfn, void *dst);

/* len bytes at pa, of one block; -ENOMEM, or as above. */
int kdump_unpack_part(struct kdump_unpack *u, const struct kdump_set *set, uint64_t pa, void *dst,
		      size_t len);

/* Does a dump with this status have only pages of codecs that are known here? */
bool kdump_unpack_knows(uint32_t status);

/* The dump behind an opened struct vmcore; NULL if it is none of this kind. */
struct vmcore;
const struct kdump_set *read_kdump_set(const struct vmcore *v);

#endif
