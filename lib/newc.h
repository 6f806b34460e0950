/* SPDX-License-Identifier: MIT */
/*
 * Entries of an archive that the kernel unpacks: newc, the cpio format of an initramfs.
 * Facts: Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#ifndef LIB_NEWC_H
#define LIB_NEWC_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define NEWC_ENTRY_BYTES 110 /* before its name: 070701 and 13 fields of 8 digits */
#define NEWC_NAME_BYTES	 32  /* of the longest name, NUL included */
#define NEWC_TRAILER	 "TRAILER!!!"

struct newc_entry {
	const char *name;
	unsigned inode, mode, links;
};

/* An entry up to its data, without padding: owner root, time 0. Returns its length. */
size_t newc_entry_text(const struct newc_entry *e, uint32_t bytes,
		       char ret[NEWC_ENTRY_BYTES + NEWC_NAME_BYTES]);

/* Zeros up to the next multiple of align; *at: how far the archive is, from a multiple on. */
void newc_pad(FILE *to, size_t *at, size_t align);

/* The entry with its data and both paddings. */
void newc_put(FILE *to, const struct newc_entry *e, const void *data, size_t len, size_t *at);

#endif
