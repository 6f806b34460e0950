/* SPDX-License-Identifier: MIT */
/*
 * For kdump-init in place of read_kdump.c, source_flat.c, source_zst.c and foreign.c: it meets
 * nothing but /proc/vmcore, and no decoder is linked.
 */
#include <errno.h>

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
