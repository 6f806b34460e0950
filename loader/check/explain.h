/* SPDX-License-Identifier: MIT */
/*
 * What an errno of the kernel's kexec calls means, and what to do about it.
 */
#ifndef LOADER_CHECK_EXPLAIN_H
#define LOADER_CHECK_EXPLAIN_H

#include "loader/host.h"
#include "loader/kexec/kexec.h"

/*
 * A sentence for the negative err of a call (KEXEC_FILE, KEXEC_SEGMENTS) to load or unload, into
 * buf; returns buf. root and h decide where one errno has several reasons.
 */
const char *explain_errno(int root, const struct host *h, enum kexec_call call, int err, char *buf,
			  size_t size);

/*
 * The sentence for EPERM where the calls are used up that kexec_load_limit_panic (crash) or
 * kexec_load_limit_reboot allowed, a literal; NULL: they are not.
 */
const char *explain_limit(int root, bool crash);

#endif
