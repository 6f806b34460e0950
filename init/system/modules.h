/* SPDX-License-Identifier: MIT */
/*
 * Loads the kernel modules that kdump-mkinitrd recorded, in its order.
 */
#ifndef INIT_SYSTEM_MODULES_H
#define INIT_SYSTEM_MODULES_H

#include <stddef.h>
#include <stdint.h>

#include "init/system/modparams.h"

struct modules_count {
	unsigned loaded, failed;
};

/*
 * Loads each file (a path below root, uncompressed, ready for finit_module). A module that fails
 * is logged and skipped; one that hangs or crashes its process too, and the next is tried in a new
 * process. One that does not want its parameters is loaded without. Returns within
 * LIMIT_MODULES_S and a little.
 */
void modules_load(const char *root, const char *const *files, unsigned n,
		  const struct modparams *params, struct modules_count *ret);

#endif
