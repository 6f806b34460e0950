/* SPDX-License-Identifier: MIT */
/*
 * What may be left out beyond dump level 31, by name. Off unless asked for; a class that this
 * kernel does not tell apart is refused, with the reason.
 */
#ifndef DUMPER_FILTER_EXTRA_CLASSES_H
#define DUMPER_FILTER_EXTRA_CLASSES_H

#include "dumper/filter/page_class.h"
#include "dumper/filter/vmemmap.h"
#include "dumper/kernel/kernel_tables.h"

#define EXTRA_KINDS	4

struct extra_kind {
	const char *name;	/* for the command line */
	enum page_extra bit;
	const char *text;	/* one line of help */
};
extern const struct extra_kind extra_kinds[EXTRA_KINDS];

/* A comma list of names → set of enum page_extra. -EINVAL: an empty or unknown name; *ret stays. */
int extra_parse(const char *list, unsigned *ret);

/* What a dump needs for its classes; read-only once made, so that threads can share it. */
struct extra_classes {
	unsigned used;			/* set of enum page_extra */
	const char *why[EXTRA_KINDS];	/* why a class that was asked for is not used; else NULL */
	struct vmemmap map;		/* of EXTRA_STRUCT_PAGES */
	struct kernel_tables tables;	/* of EXTRA_USER_TABLES */
};

/*
 * Finds out which classes of want this kernel tells apart, and where struct pages and the kernel's
 * own page tables lie. 0 or -ENOMEM; to be freed in both cases.
 */
int extra_classes_init(struct extra_classes *x, struct kmem *k, const struct memmap *m, const struct vmcoreinfo *vi,
	       unsigned want);
void extra_classes_free(struct extra_classes *x);

#endif
