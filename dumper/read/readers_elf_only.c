/* SPDX-License-Identifier: MIT */
/*
 * Stands in for read_kdump.c, source_flat.c, source_zst.c, live.c, foreign.c and vmcoreinfo_search.c
 * in kdump-init, which meets nothing but /proc/vmcore: no decoder is linked, and nothing for a
 * machine that runs.
 */
#include <errno.h>

#include "dumper/filter/live.h"
#include "dumper/kernel/vmcoreinfo_search.h"
#include "dumper/read/foreign.h"
#include "dumper/read/reader.h"
#include "dumper/read/source.h"

static int refuse(const char **why)
{
	*why = "this program reads ELF cores alone (kdump-dumper reads dumps)";
	return -ENOEXEC;
}

int source_flat_open(struct source *src, const char **why)
{
	(void)src;
	return refuse(why);
}

int source_zst_open(struct source *src, const char **why)
{
	(void)src;
	return refuse(why);
}

int read_kdump_open(struct vmcore *v, struct source *src, unsigned n, unsigned flags,
		    const char **why)
{
	(void)v, (void)flags;
	for (unsigned i = 0; i < n; i++)
		source_close(&src[i]);
	return refuse(why);
}

const char *foreign_name(const struct source *src)
{
	(void)src;
	return NULL;
}

int vmcoreinfo_search(struct vmcore *v, struct vmcoreinfo *vi)
{
	(void)v, (void)vi;
	return -ENODATA;
}

/* Then struct pages are taken as they are met. */
int live_open(struct live *l, struct kmem *k, const struct page_layout *layout, unsigned n)
{
	(void)k, (void)layout, (void)n;
	l->pages = NULL;
	return -ENOSYS;
}

void live_close(struct live *l)
{
	(void)l;
}

bool live_copy(struct live *l, uint64_t pfn, uint64_t va)
{
	(void)l, (void)pfn, (void)va;
	return false;
}
