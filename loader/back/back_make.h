/* SPDX-License-Identifier: MIT */
/*
 * When the machine is armed with an image whose config says final_action kexec: finds the
 * production kernel that runs now, and records it. Where that cannot be, a warning has the reason,
 * and the capture reboots: it is the dump that counts.
 */
#ifndef LOADER_BACK_BACK_MAKE_H
#define LOADER_BACK_BACK_MAKE_H

#include "lib/conf/conf.h"
#include "loader/check/findings.h"
#include "loader/host.h"
#include "loader/kexec/image.h"

/* The text of a record, NULL: none. */
struct back {
	char *text; /* free() */
	size_t len;
};

/*
 * conf: of the image. left_bytes: of the reservation, beside kernel and image (check_fit());
 * 0: not known. root: as for host_read().
 */
void back_make(int root, const struct host *h, const struct conf *conf, uint64_t left_bytes,
	       struct back *ret, struct findings *f);

/*
 * The image with the record behind it, as one file in memory. A descriptor; -errno: without record
 * -ENOENT.
 */
int back_attach(const struct image *initrd, const struct back *b);

#endif
