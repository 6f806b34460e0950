/* SPDX-License-Identifier: MIT */
/*
 * Kernel, initrd and device tree -> places in memory. What an Image asks for is the same on all
 * architectures that have one, but for the numbers in struct place_rules.
 */
#ifndef LOADER_ARCH_TREE_PLACE_H
#define LOADER_ARCH_TREE_PLACE_H

#include "loader/arch/tree/boot_image.h"
#include "loader/kexec/arch.h"

struct place_rules {
	const struct boot_image_kind *kind;
	bool adds_text_offset; /* to the kernel's place, which is aligned without it */
	uint64_t initrd_align; /* 0: a page */
	uint64_t initrd_reach; /* from the kernel's GiB to the initrd's end at most; 0: any */
	/*
	 * For a reboot all lie at the top of the memory. Low memory is where the running kernel has put its
	 * tables for the interrupt controller, which goes on using them: on a machine without EFI the next
	 * kernel is not told of them, and one that finds its own image or initrd there takes that for a
	 * reservation and writes the tables anew (enabled_lpis_allowed() of drivers/irqchip/irq-gic-v3-its.c).
	 */
	bool reboots_high;
};

struct placed {
	uint64_t kernel, tree; /* physical addresses */
};

/* All but what starts the kernel. As place() of arch.h. */
int place_files(struct layout *l, const struct place_rules *rules, const struct arch_files *f,
		struct placed *ret);

#endif
