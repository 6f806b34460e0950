/* SPDX-License-Identifier: MIT */
/*
 * What tests of modules.c use besides modules.h.
 */
#ifndef INIT_SYSTEM_MODULES_PRIVATE_H
#define INIT_SYSTEM_MODULES_PRIVATE_H

#include "init/system/modules.h"

/* The length of a module file without the signature that may be appended to it. */
size_t modules_unsigned_len(const uint8_t *file, size_t len);

#endif
