/* SPDX-License-Identifier: MIT */
/*
 * Must an image be made again, and why?
 */
#ifndef LOADER_UPDATE_OUTDATED_H
#define LOADER_UPDATE_OUTDATED_H

#include <stddef.h>

#include "loader/host.h"

enum outdated {
	OUTDATED_NO,
	OUTDATED_YES,
	OUTDATED_FOREIGN, /* it is not for us to make */
};

/*
 * image: below root, "/boot/…". why: a clause, but for OUTDATED_NO. root and h: as of host_read().
 */
enum outdated outdated_judge(int root, const struct host *h, const char *image, char *why,
			     size_t size);

#endif
