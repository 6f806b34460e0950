/* SPDX-License-Identifier: MIT */
/*
 * kexec_file_load(2): the kernel itself parses the image, verifies its signature and builds the
 * ELF header.
 */
#ifndef LOADER_KEXEC_KEXEC_FILE_H
#define LOADER_KEXEC_KEXEC_FILE_H

#include "loader/kexec/kexec.h"

/* 0 or the kernel's -errno; -EBUSY: another call is under way. Once, without waiting. */
int kexec_file_load(const struct kexec_request *q, bool crash);
int kexec_file_unload(bool crash);

#endif
