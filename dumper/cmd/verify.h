/* SPDX-License-Identifier: MIT */
/*
 * Is a dump whole? Structure, checksums where the file has some, and that every page unpacks.
 */
#ifndef DUMPER_CMD_VERIFY_H
#define DUMPER_CMD_VERIFY_H

#include <stdint.h>

#include "dumper/read/vmcore.h"

struct verify_result {
	const char *format;    /* "kdump", "ELF core"; NULL: could not be opened */
	const char *wrapping;  /* "flattened", "zstd frames"; NULL: none */
	unsigned parts;	       /* files of a split dump; 0: not split */
	uint64_t pages_ram;    /* frames of RAM in the dumped machine */
	uint64_t pages;	       /* of those in the dump; ELF: with bytes */
	uint64_t pages_shared; /* whose bytes another page had, and were checked there */
	uint64_t pages_lost;   /* marked so when the dump was made: no damage */
	uint64_t checksums;    /* that the file has, and that are right */
	uint64_t bytes;	       /* of page data looked at */
	uint64_t errors;
	char first[240]; /* the first error as one line: what, where, what to do */
};

struct verify_options {
	/* Called now and then with the frames looked at, of all; may be NULL. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

/*
 * Looks at the whole dump: the n files are the parts of a split one, or n is 1. opt may be NULL. A
 * file with checksums of its own is read twice, others once; memory does not grow with them.
 * 0: whole; -EBADMSG: damaged or incomplete, see ret->errors and ret->first; else -errno of
 * open, with the reason in ret->first too.
 */
int verify_dump(const char *const *paths, unsigned n, const struct verify_options *opt,
		struct verify_result *ret);

/*
 * The checksums of page data alone, of a dump that is open: 0; -EBADMSG: ret->first says where one is
 * wrong; -ENOMEM. A dump without any, or without its index, is taken as it is.
 */
int verify_sums(const struct vmcore *v, struct verify_result *ret);

#endif
