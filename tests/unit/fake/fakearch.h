/* SPDX-License-Identifier: MIT */
/*
 * What differs between the architectures of a fake core: addresses, entries of page tables, names.
 * Written by the architectures' manuals, and apart from the dumper's own reading of them.
 */
#ifndef TESTS_UNIT_FAKE_FAKEARCH_H
#define TESTS_UNIT_FAKE_FAKEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fake;

struct fake_machine {
	uint16_t e_machine;
	const char *name; /* as uname -m has it */
	unsigned prstatus;
	/* Sizes and addresses of f, by its description. */
	void (*layout)(struct fake *f);
	/* Entries of tables at a level (0: of pages). */
	uint64_t (*leaf)(const struct fake *f, unsigned level, uint64_t pa, bool code);
	uint64_t (*table)(const struct fake *f, uint64_t pa);
	bool (*is_leaf)(unsigned level, uint64_t entry);
	uint64_t (*address)(const struct fake *f, uint64_t entry);
	/* Its own keys of VMCOREINFO; returns the length. */
	size_t (*keys)(const struct fake *f, char *buf, size_t size);
};

/* One for each of enum fake_arch. */
extern const struct fake_machine *const fake_machines[];

#endif
