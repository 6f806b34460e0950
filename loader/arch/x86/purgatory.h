/* SPDX-License-Identifier: MIT */
/*
 * The program between the two kernels: it sees whether the loaded bytes are still what they were,
 * and enters the new kernel as the boot protocol wants it. purgatory/ is compiled by itself, to run
 * at any address without anything; this header is shared by it and the loader, which fills in the
 * parameters.
 */
#ifndef LOADER_ARCH_X86_PURGATORY_H
#define LOADER_ARCH_X86_PURGATORY_H

#define PURGATORY_REGIONS      6
#define PURGATORY_STACK	       8192 /* bytes behind the program */
#define PURGATORY_OFFSET       16   /* of the parameters in the program */
#define PURGATORY_PARAMS_BYTES 424

#ifndef __ASSEMBLER__

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

struct purgatory_region {
	uint64_t start, bytes;
	uint32_t digest[8]; /* SHA-256, as words of its state */
	char name[16];	    /* for the message */
};

struct purgatory_params {
	uint64_t stack;	      /* its upper end */
	uint64_t boot_params; /* %rsi of the kernel */
	uint64_t kernel;      /* where its 64-bit entry is */
	uint64_t tables;      /* page tables to enter it with; 0: those that are there */
	uint32_t port;	      /* of a serial console, 0: none */
	uint32_t n;	      /* regions */
	struct purgatory_region region[PURGATORY_REGIONS];
};
static_assert(sizeof(struct purgatory_params) == PURGATORY_PARAMS_BYTES, "entry.S has room");
static_assert(offsetof(struct purgatory_params, boot_params) == 8, "entry.S");
static_assert(offsetof(struct purgatory_params, kernel) == 16, "entry.S");
static_assert(offsetof(struct purgatory_params, tables) == 24, "entry.S");

/* The program, with room for its parameters at PURGATORY_OFFSET. */
extern const uint8_t purgatory_program[];
extern const uint8_t purgatory_program_end[];

/* purgatory/verify.c: the first region whose bytes have another digest; NULL: none. */
const struct purgatory_region *purgatory_damaged(const struct purgatory_params *p);

#endif
#endif
