/* SPDX-License-Identifier: MIT */
/*
 * What load, unload and exec say to the log.
 */
#ifndef LOADER_TELL_H
#define LOADER_TELL_H

#include "loader/check/findings.h"
#include "loader/host.h"
#include "loader/kexec/kexec.h"

/* A line for each. */
void tell_findings(const struct findings *f);

/*
 * A call failed with err, or was not made (done): why, in our words, and in those that the kernel
 * logged since kmsg_mark(). what: the line's beginning.
 */
void tell_failure(int root, const struct host *h, const struct kexec_done *done, int err, int kmsg,
		  const char *what);

#endif
