/* SPDX-License-Identifier: MIT */
/*
 * Does the pair fit into the reservation, and is there room left to capture?
 */
#ifndef LOADER_CHECK_CHECK_FIT_H
#define LOADER_CHECK_CHECK_FIT_H

#include "loader/check/findings.h"
#include "loader/host.h"
#include "loader/kexec/arch.h"

struct fit {
	uint64_t initrd_bytes;	 /* the file */
	uint64_t unpacked_bytes; /* 0: unknown */
};

/*
 * Returns what is left for the capture system beside kernel and initrd while the kernel unpacks
 * itself, in bytes; 0 when they cannot be placed.
 */
uint64_t check_fit(const struct host *h, const struct kernel_head *b, const struct fit *need,
		   struct findings *f);

/*
 * How many CPUs the capture system has room for at ease, from 1 to want. One is all there is where
 * the image is not known.
 */
unsigned check_fit_cpus(const struct host *h, const struct kernel_head *b, const struct fit *need,
			unsigned want);

/* What a reservation is for, and what it should be. */
struct fit_sum {
	uint64_t kernel_bytes, packed_bytes, unpacked_bytes, rest_bytes, sum_bytes;
	uint64_t peak_bytes;  /* that a capture has used; 0: unknown */
	uint64_t suggest_mib; /* with a quarter more than both */
};

void check_fit_sum(const struct arch_fit *a, const struct kernel_head *b, const struct fit *need,
		   uint64_t peak_bytes, struct fit_sum *ret);

#endif
