/* SPDX-License-Identifier: MIT */
/*
 * For kdump-init in place of vmcoreinfo_search.c: the kernel's own core has the note.
 */
#include <errno.h>

#include "dumper/kernel/vmcoreinfo_search.h"

int vmcoreinfo_search(struct vmcore *v, struct vmcoreinfo *vi)
{
	(void)v, (void)vi;
	return -ENODATA;
}
