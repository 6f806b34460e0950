/* SPDX-License-Identifier: MIT */
/*
 * kexec_load(2): the kernel copies bytes to addresses and jumps to one of them; all else is made
 * here. In two steps, so that whatever can fail has failed before the kernel drops what is loaded.
 */
#ifndef LOADER_KEXEC_KEXEC_LOAD_H
#define LOADER_KEXEC_KEXEC_LOAD_H

#include "loader/kexec/kexec.h"
#include "loader/kexec/layout.h"

/*
 * Everything but the call; nothing is changed. layout_free(l) in any case. 0, or -errno with
 * l->why.
 */
int kexec_load_prepare(const struct kexec_request *q, bool crash, struct layout *l);

/* The call. 0 or the kernel's -errno; -EBUSY: another call is under way. */
int kexec_load_segments(const struct kexec_request *q, const struct layout *l);
int kexec_load_nothing(bool crash);

#endif
