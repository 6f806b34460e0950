/* SPDX-License-Identifier: MIT */
/*
 * VMCOREINFO of real kernels (tests/data/arch, as their /proc/vmcore gave it), with page tables made
 * by hand where it says that they lie.
 */
#ifndef TESTS_UNIT_FAKE_KERNELNAMES_H
#define TESTS_UNIT_FAKE_KERNELNAMES_H

#include <stdbool.h>
#include <stdint.h>

struct kernel_names {
	const char *file;	     /* in tests/data/arch */
	unsigned page_shift, levels; /* pages; levels of tables */
	unsigned va_bits;	     /* of an address, by which the top table is indexed */
	uint64_t root, uts;	     /* physical: top table, init_uts_ns */
	uint64_t phys_base;	     /* of the dump's sub header */
	bool vmemmap;		     /* its base as the names of the memory's beginning give it */
};

/*
 * leaf, table: an entry that leads to a page, and to a table, at a physical address. What is not as
 * k says; "" if all is.
 */
const char *kernel_names_check(const struct kernel_names *k, uint16_t e_machine,
			       uint64_t (*leaf)(uint64_t pa), uint64_t (*table)(uint64_t pa));

#endif
