/* SPDX-License-Identifier: MIT */
/*
 * /run/kdump-init/verified: how the last verification went, beside the record of what is loaded.
 */
#ifndef LOADER_PROOF_VERIFIED_H
#define LOADER_PROOF_VERIFIED_H

#include "loader/kexec/image.h"

struct verified {
	bool good;
	uint64_t time_s;	/* real time */
	uint64_t used_bytes;	/* of memory at its peak; 0: not told */
	struct image_id initrd; /* of the image that was verified */
	char why[300];		/* not good: the reason */
};

/* folder: of record_folder(). 0 or -errno. */
int verified_save(int folder, const struct verified *v);

/* 0; -ENOENT: none was made since the boot; -EBADMSG. */
int verified_read(int folder, struct verified *ret);

#endif
