/* SPDX-License-Identifier: MIT */
/*
 * How many CPUs this process may run on.
 */
#ifndef LIB_CPUS_H
#define LIB_CPUS_H

/* At least 1, also where the kernel does not say. */
unsigned cpus_allowed(void);

#endif
