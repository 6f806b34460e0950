/* SPDX-License-Identifier: MIT */
/*
 * What is verified: the kernel that would crash, and the pair that would capture it.
 */
#ifndef LOADER_VERIFY_SUBJECT_H
#define LOADER_VERIFY_SUBJECT_H

#include "loader/check/findings.h"
#include "loader/check/manifest.h"
#include "loader/plan.h"

struct subject {
	struct host host;
	struct image production; /* the running kernel's file; not open: it was not found */
	struct image_pair pair;
	struct manifest manifest;
	enum kexec_call call;
	bool armed;		  /* the pair is what is loaded; else what a load would take */
	struct findings findings; /* an error: no need to try it out */
};

/*
 * What is loaded, or, if o names files or nothing is loaded, what a load would take. root: as for
 * host_read(). What cannot be read is an error among the findings. subject_close() in every case.
 */
void subject_open(int root, const struct load_options *o, struct subject *ret);
void subject_close(struct subject *s);

#endif
