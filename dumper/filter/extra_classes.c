/* SPDX-License-Identifier: MIT */
/*
 * The table of the classes, and what each asks of a kernel.
 */
#include "dumper/filter/extra_classes.h"

#include <errno.h>
#include <string.h>

const struct extra_kind extra_kinds[EXTRA_KINDS] = {
	{ "struct-pages", EXTRA_STRUCT_PAGES, "struct pages of memory that is left out itself" },
	{ "zsmalloc", EXTRA_ZSMALLOC, "compressed memory of zram and zswap (Linux 6.12)" },
	{ "user-tables", EXTRA_USER_TABLES, "page tables of processes (Linux 5.11)" },
	{ "pcp-free", EXTRA_PCP_FREE, "free pages on per-CPU lists" },
};

static const struct extra_kind *find(const char *name, size_t len)
{
	for (int i = 0; i < EXTRA_KINDS; i++) {
		if (strlen(extra_kinds[i].name) == len && !memcmp(extra_kinds[i].name, name, len))
			return &extra_kinds[i];
	}
	return NULL;
}

int extra_parse(const char *list, unsigned *ret)
{
	unsigned set = 0;

	for (;;) {
		size_t len = strcspn(list, ",");
		const struct extra_kind *k = find(list, len);

		if (!k)
			return -EINVAL;
		set |= k->bit;
		if (!list[len])
			break;
		list += len + 1;
	}
	*ret = set;
	return 0;
}

/* 0 and no *why: the class can be used. */
static int prepare(struct extra_classes *x, enum page_extra bit, const struct page_layout *l,
		   struct kmem *k, const struct memmap *m, const char **why)
{
	switch (bit) {
	case EXTRA_STRUCT_PAGES:
		return vmemmap_init(&x->map, k, m, why);
	case EXTRA_ZSMALLOC:
		if (!l->zsmalloc.mask)
			*why = "this kernel's names do not tell the pages of zsmalloc";
		return 0;
	case EXTRA_USER_TABLES:
		if (l->table.mask)
			return kernel_tables_init(&x->tables, k, m, l, why);
		*why = "this kernel's names do not tell page tables";
		return 0;
	case EXTRA_PCP_FREE:
		if (!l->has_lists)
			*why = "this kernel's names do not tell whether a page is in use";
		return 0;
	}
	return 0;
}

int extra_classes_init(struct extra_classes *x, struct kmem *k, const struct memmap *m, const struct vmcoreinfo *vi,
	       unsigned want)
{
	struct page_layout l = { 0 };

	memset(x, 0, sizeof(*x));
	if (m->page_bytes)
		page_layout_init(&l, m->page_bytes, vi);
	for (int i = 0; i < EXTRA_KINDS; i++) {
		int r;

		if (!(want & extra_kinds[i].bit))
			continue;
		if (!m->page_bytes) {
			x->why[i] = "there is no memory map";
			continue;
		}
		r = prepare(x, extra_kinds[i].bit, &l, k, m, &x->why[i]);
		if (r)
			return r;
		if (!x->why[i])
			x->used |= extra_kinds[i].bit;
	}
	return 0;
}

void extra_classes_free(struct extra_classes *x)
{
	vmemmap_free(&x->map);
	kernel_tables_free(&x->tables);
}
