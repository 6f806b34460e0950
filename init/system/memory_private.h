/* SPDX-License-Identifier: MIT */
/*
 * What tests of memory.c use besides memory.h.
 */
#ifndef INIT_SYSTEM_MEMORY_PRIVATE_H
#define INIT_SYSTEM_MEMORY_PRIVATE_H

#include "init/system/memory.h"

/* A sample from meminfo's text. */
void memory_parse(const char *meminfo, struct memory *m);

/* memory_crashkernel(), from the text of /proc/iomem. */
uint64_t memory_ram(const char *iomem);

#endif
