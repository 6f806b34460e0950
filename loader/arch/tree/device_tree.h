/* SPDX-License-Identifier: MIT */
/*
 * The device tree: what the firmware told the running kernel of the machine, made into what the
 * next one is told. Documentation/devicetree/usage-model.rst; /chosen: dt-schema's chosen.yaml.
 */
#ifndef LOADER_ARCH_TREE_DEVICE_TREE_H
#define LOADER_ARCH_TREE_DEVICE_TREE_H

#include "loader/kexec/layout.h"

/* What the next kernel is told in /chosen. */
struct device_tree_chosen {
	const char *cmdline;
	const struct segment *initrd;	  /* NULL: none */
	const struct segment *elfcorehdr; /* NULL: not for a crash */
};

/*
 * The running kernel's tree with that in /chosen, packed; for a crash with the reserved ranges of
 * l->machine as the only memory that may be used. Reservations, and the entries by which EFI and
 * ACPI are found, stay. *ret is the layout's. 0, or -errno with l->why.
 */
int device_tree_make(struct layout *l, const struct device_tree_chosen *c, void **ret,
		     size_t *ret_len);

/*
 * Takes out of ram what children of /reserved-memory whose names begin so reserve. 0; -ENOMEM;
 * a tree that cannot be read takes nothing.
 */
int device_tree_cut_reserved(const struct layout *l, const char *prefix, struct iomem *ram);

#endif
