/* SPDX-License-Identifier: MIT */
/*
 * The architectures that are linked in.
 */
#ifndef LOADER_ARCH_ARCHS_H
#define LOADER_ARCH_ARCHS_H

#include "loader/kexec/arch.h"

/* By what uname -m says; NULL: this program was not built for such a machine. */
const struct kexec_arch *archs_find(const char *machine);

#endif
